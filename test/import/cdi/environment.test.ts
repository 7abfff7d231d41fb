import { describe, expect, it } from 'vitest';
import { readCdiEnvironment } from '../../../src/import/cdi/environment.js';
import { MIB } from '../../../src/model/index.js';

/** What CDI 1.66's controller gives an importer, the empty variables included: makeImportEnv() in import-controller.go. */
const GIVEN = {
  IMPORTER_SOURCE: 'http',
  IMPORTER_ENDPOINT: 'https://images.example/disk.qcow2',
  IMPORTER_CONTENTTYPE: 'kubevirt',
  IMPORTER_IMAGE_SIZE: '10Gi',
  OWNER_UID: '5d1c3f1e-9b0a-4a57-8a4e-0f8f2a0b7c11',
  FILESYSTEM_OVERHEAD: '0.06',
  INSECURE_TLS: 'false',
  IMPORTER_DISK_ID: '',
  IMPORTER_UUID: '',
  IMPORTER_PULL_METHOD: '',
  IMPORTER_READY_FILE: '',
  IMPORTER_DONE_FILE: '',
  IMPORTER_BACKING_FILE: '',
  IMPORTER_THUMBPRINT: '',
  http_proxy: '',
  https_proxy: '',
  no_proxy: '',
  IMPORTER_CURRENT_CHECKPOINT: '',
  IMPORTER_PREVIOUS_CHECKPOINT: '',
  IMPORTER_FINAL_CHECKPOINT: '',
  PREALLOCATION: 'false',
  CACHE_MODE: '',
  IMPORTER_REGISTRY_IMAGE_ARCHITECTURE: '',
  IMPORTER_CHECKSUM: '',
};

function refusal(env: Readonly<Record<string, string>>) {
  try {
    readCdiEnvironment({ ...GIVEN, ...env });
  } catch (error) {
    return error;
  }
  throw new Error('it was taken');
}

describe('readCdiEnvironment', () => {
  it('reads what the controller gives for a plain import', () => {
    expect(readCdiEnvironment(GIVEN)).toEqual({
      source: 'http',
      endpoint: 'https://images.example/disk.qcow2',
      contentType: 'kubevirt',
      volumeBytes: 10 * 1024 * MIB,
      overhead: 0.06,
      preallocation: false,
      insecureTls: false,
      headers: {},
      isNodePull: false,
      wasKilled: false,
    });
  });

  it('reads all that a request may have', () => {
    const hex = 'ab'.repeat(32);
    expect(
      readCdiEnvironment({
        ...GIVEN,
        PREALLOCATION: 'True',
        INSECURE_TLS: '1',
        CACHE_MODE: 'TRYNONE',
        IMPORTER_ACCESS_KEY_ID: 'ann',
        IMPORTER_SECRET_KEY: 'secret',
        IMPORTER_CERT_DIR: '/certs',
        IMPORTER_CHECKSUM: `sha256:${hex.toUpperCase()}`,
        IMPORTER_REGISTRY_IMAGE_ARCHITECTURE: 'arm64',
        IMPORTER_EXTRA_HEADER_0: 'X-One: 1',
        IMPORTER_EXTRA_HEADER_1: 'Authorization:Bearer abc',
        IMPORTER_PULL_METHOD: 'node',
        IMPORTER_READY_FILE: '/shared/ready',
        IMPORTER_DONE_FILE: '/shared/done',
      }),
    ).toMatchObject({
      preallocation: true,
      insecureTls: true,
      wasKilled: true,
      login: { user: 'ann', password: 'secret' },
      certificates: '/certs',
      checksum: { algorithm: 'sha256', hex },
      architecture: 'arm64',
      headers: { 'x-one': '1', authorization: 'Bearer abc' },
      isNodePull: true,
      readyFile: '/shared/ready',
      doneFile: '/shared/done',
    });
  });

  it('takes a login only when it is whole, as CDI does', () => {
    expect(readCdiEnvironment({ ...GIVEN, IMPORTER_ACCESS_KEY_ID: 'ann' }).login).toBeUndefined();
  });

  it.each([
    ['10737418240', 10 * 1024 * MIB],
    ['1G', 1e9],
    ['512Mi', 512 * MIB],
    ['1.5Gi', 1536 * MIB],
  ])('reads the size %s', (text, bytes) => {
    expect(readCdiEnvironment({ ...GIVEN, IMPORTER_IMAGE_SIZE: text }).volumeBytes).toBe(bytes);
  });

  it.each([
    [{ IMPORTER_SOURCE: 'imageio' }, 'imageio'],
    [{ IMPORTER_SOURCE: 'vddk' }, 'vddk'],
    [{ IMPORTER_SOURCE: 'registry', IMPORTER_CONTENTTYPE: 'archive' }, 'archive from registry'],
    [{ IMPORTER_SOURCE: 'none', IMPORTER_CONTENTTYPE: 'archive' }, 'archive from none'],
    [{ IMPORTER_CURRENT_CHECKPOINT: 'snapshot-1' }, 'multi-stage (warm) import'],
    [{ IMPORTER_SOURCE: 'gcs', GOOGLE_APPLICATION_CREDENTIALS: '/google/credentials.json' }, 'gcs with credentials'],
  ])('refuses what it does not do, and names it: %o', (env, what) => {
    expect(refusal(env)).toMatchObject({ code: 'cdi-unsupported', problem: { params: { what: { value: what } } } });
  });

  it('does not know a source that is none', () => {
    expect(refusal({ IMPORTER_SOURCE: 'ftp' })).toMatchObject({ code: 'cdi-source' });
  });

  it.each([
    ['PREALLOCATION', 'maybe'],
    ['PREALLOCATION', ''],
    ['INSECURE_TLS', 'yes'],
    ['FILESYSTEM_OVERHEAD', '6%'],
    ['FILESYSTEM_OVERHEAD', '1.5'],
    ['FILESYSTEM_OVERHEAD', '-0.1'],
    ['IMPORTER_IMAGE_SIZE', 'large'],
    ['IMPORTER_IMAGE_SIZE', '0'],
    ['IMPORTER_CHECKSUM', 'sha256:abc'],
    ['IMPORTER_CHECKSUM', 'crc32:00000000'],
    ['IMPORTER_ENDPOINT', ''],
  ])('refuses %s=%s', (name, value) => {
    expect(refusal({ [name]: value })).toMatchObject({
      code: 'cdi-environment',
      problem: { params: { name: { value: name } } },
    });
  });

  it('refuses a header that would be two, and does not tell it', () => {
    const error = refusal({ IMPORTER_EXTRA_HEADER_0: 'X-A: secret\r\nX-B: 2' });
    expect(error).toMatchObject({ code: 'cdi-environment' });
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});
