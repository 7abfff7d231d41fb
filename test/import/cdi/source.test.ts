import { describe, expect, it } from 'vitest';
import { type CdiRequest, readCdiEnvironment } from '../../../src/import/cdi/environment.js';
import { cdiLocation } from '../../../src/import/cdi/source.js';

function request(source: string, endpoint: string, env: Readonly<Record<string, string>> = {}): CdiRequest {
  return readCdiEnvironment({ IMPORTER_SOURCE: source, IMPORTER_ENDPOINT: endpoint, PREALLOCATION: 'false', ...env });
}

describe('cdiLocation', () => {
  it.each([
    ['http', 'https://ann:pw@images.example/a.img?x=1', 'https://ann:pw@images.example/a.img?x=1'],
    ['registry', 'docker://quay.io/containerdisks/fedora:42', 'docker://quay.io/containerdisks/fedora:42'],
    ['registry', 'oci-archive:/disks/fedora.tar', 'oci-archive:/disks/fedora.tar'],
    ['gcs', 'gs://images/fedora/disk.raw', 'https://storage.googleapis.com/images/fedora/disk.raw'],
    ['gcs', 'https://storage.cloud.google.com/images/disk.raw', 'https://storage.googleapis.com/images/disk.raw'],
    ['gcs', 'http://127.0.0.1:4443/images/disk.raw', 'http://127.0.0.1:4443/images/disk.raw'],
  ])('%s: %s', (source, endpoint, location) => {
    expect(cdiLocation(request(source, endpoint)).location).toBe(location);
  });

  it.each([
    ['https://s3.eu-central-1.amazonaws.com/bucket/dir/disk%20one.img', 'eu-central-1', 'https://s3.eu-central-1.amazonaws.com'],
    ['http://minio.store:9000/bucket/dir/disk%20one.img', 'minio', 'http://minio.store:9000'],
  ])('s3: %s', (endpoint, region, server) => {
    const env = { IMPORTER_ACCESS_KEY_ID: 'key', IMPORTER_SECRET_KEY: 'secret' };
    expect(cdiLocation(request('s3', endpoint, env))).toEqual({
      location: 's3://bucket/dir/disk one.img',
      s3: { region, endpoint: server, credentials: { accessKeyId: 'key', secretAccessKey: 'secret' } },
    });
  });

  it('asks s3 without a signature when there is no login', () => {
    expect(cdiLocation(request('s3', 'https://s3.example/b/k')).s3.credentials).toBeUndefined();
  });

  it.each([
    ['http', '/etc/shadow'],
    ['http', 'file:///etc/shadow'],
    ['http', 'docker://image'],
    ['s3', 'https://s3.example/bucket'],
    ['s3', 'https://s3.example/bucket/%E0%A4%A'],
    ['gcs', 's3://bucket/key'],
    ['registry', '/var/lib/disk.img'],
    ['registry', 'https://quay.io/x'],
  ])('refuses %s of %s, which is no such source', (source, endpoint) => {
    expect(() => cdiLocation(request(source, endpoint))).toThrow(expect.objectContaining({ code: 'cdi-environment' }));
  });
});
