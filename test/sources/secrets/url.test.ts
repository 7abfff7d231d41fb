import { describe, expect, it } from 'vitest';
import { loginOf, redactUrls, shownLocation, shownUrl } from '../../../src/sources/secrets/url.js';

describe('shownUrl', () => {
  it.each([
    ['https://host:8443/a/b?token=s3cret#s3cret', 'https://host:8443/a/b'],
    ['https://alice:s3cret@host/a', 'https://host/a'],
    ['https://s3cret@host', 'https://host'],
    // Passwords with the marks that end a host: no URL as they stand, and shown in the message that says so.
    ['https://alice:s3/cret@host/a', 'https://host/a'],
    ['https://alice:s3?cret@host/a', 'https://host/a'],
    ['https://alice:s3#cret@host/a', 'https://host/a'],
    ['https://alice:s3@cret@host/a', 'https://host/a'],
    ['ht!tp://alice:s3cret@host/a', 'ht!tp://host/a'],
    ['alice:s3cret@host/a', 'host/a'],
    ['https://[::1]:9090/a', 'https://[::1]:9090/a'],
    ['https://registry.example/@scope/a', 'https://registry.example/@scope/a'],
    ['s3://bucket/a/key?X-Amz-Signature=s3cret', 's3://bucket/a/key'],
  ])('of %s is %s', (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });

  it('leaves what is no URL to be a file', () => {
    expect(shownLocation('/a?b#c@d')).toBe('/a?b#c@d');
    expect(shownLocation('https://alice:s3cret@host/a')).toBe('https://host/a');
  });
});

describe('redactUrls', () => {
  it.each([
    ['see https://alice:s3cret@host/a?b=1 there', 'see https://redacted@host/a?b=1 there'],
    ['https://host/a?page=2&sig=s3cret&x=y', 'https://host/a?page=2&sig=redacted&x=y'],
    [
      'https://host/a?X-Amz-Expires=60&X-Amz-Credential=s3cret&X-Amz-Signature=s3cret',
      'https://host/a?X-Amz-Expires=60&X-Amz-Credential=redacted&X-Amz-Signature=redacted',
    ],
    ['https://hooks.slack.com/services/T12/B34/s3cret', 'https://hooks.slack.com/services/redacted/redacted/redacted'],
    ['https://discord.com/api/webhooks/123/s3cret', 'https://discord.com/api/webhooks/redacted/redacted'],
    ['https://api.telegram.org/bot123:s3cret/sendMessage', 'https://api.telegram.org/redacted/sendMessage'],
    [
      'https://images.example/ubuntu-22.04-server-cloudimg-amd64.img',
      'https://images.example/ubuntu-22.04-server-cloudimg-amd64.img',
    ],
  ])('%s', (text, safe) => {
    expect(redactUrls(text)).toBe(safe);
  });
});

describe('loginOf', () => {
  it('takes a percent sign that encodes nothing for one', () => {
    expect(loginOf(new URL('http://a%40b:p%zz@host'))).toEqual({ user: 'a@b', password: 'p%zz' });
    expect(loginOf(new URL('http://host'))).toBeUndefined();
  });
});
