import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../../src/import/sources/location.js';

describe('a SOURCE', () => {
  it.each([
    ['-', { kind: 'stdin' }],
    ['blank', { kind: 'blank' }],
    ['disk.img', { kind: 'file', path: 'disk.img' }],
    ['./blank', { kind: 'file', path: './blank' }],
    ['/srv/a:b@c.img', { kind: 'file', path: '/srv/a:b@c.img' }],
    ['file:///srv/a%20b.img', { kind: 'file', path: '/srv/a b.img' }],
    ['https://a.example/d.img?sig=1', { kind: 'http', url: new URL('https://a.example/d.img?sig=1') }],
    ['HTTP://a.example/', { kind: 'http', url: new URL('http://a.example/') }],
    ['s3://bucket/a/b c', { kind: 's3', bucket: 'bucket', key: 'a/b c' }],
    ['s3://bucket//b\nc?d', { kind: 's3', bucket: 'bucket', key: '/b\nc?d' }],
    ['docker://quay.io/a/b:1', { kind: 'registry', reference: 'quay.io/a/b:1' }],
    ['oci-archive:/srv/a.tar', { kind: 'oci-archive', path: '/srv/a.tar' }],
    ['oci-archive:a.tar:quay.io/a/b:1', { kind: 'oci-archive', path: 'a.tar', reference: 'quay.io/a/b:1' }],
  ])('%o is read', (text, location) => {
    expect(parseLocation(text)).toEqual(location);
  });

  it.each([
    'gopher://a.example/',
    'http://[',
    'https://',
    's3://bucket',
    's3://bucket/',
    's3:///key',
    's3://key:secret@bucket/disk',
    'file://other.example/disk.img',
    'file:///a%2Fb',
    'file:///%zz',
    'http://user:secret@[/?secret',
    'gopher://user:secret@a.example/x?secret#secret',
  ])('%o is refused, and no secret of it is shown', (text) => {
    const parse = () => parseLocation(text);
    expect(parse).toThrow(expect.objectContaining({ code: 'bad-source' }));
    try {
      parse();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('secret');
    }
  });
});
