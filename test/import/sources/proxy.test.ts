import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../src/import/sources/http/proxy.js';

const PROXY = 'http://proxy.example:3128';

describe('the proxy for a URL', () => {
  it('is that of its scheme, in lower case or upper', () => {
    const env = { http_proxy: PROXY, HTTPS_PROXY: 'https://other.example' };
    expect(proxyFor(new URL('http://a.example/'), env)?.href).toBe(`${PROXY}/`);
    expect(proxyFor(new URL('https://a.example/'), env)?.href).toBe('https://other.example/');
    expect(proxyFor(new URL('https://a.example/'), { http_proxy: PROXY })).toBeUndefined();
    expect(proxyFor(new URL('http://a.example/'), { http_proxy: '' })).toBeUndefined();
    expect(proxyFor(new URL('http://a.example/'), {})).toBeUndefined();
  });

  it('may be a host and port alone', () => {
    expect(proxyFor(new URL('http://a.example/'), { http_proxy: 'proxy.example:3128' })?.href).toBe(`${PROXY}/`);
  });

  it('is refused when it is no URL, without showing it', () => {
    const find = () => proxyFor(new URL('http://a.example/'), { http_proxy: 'http://u:secret@[' });
    expect(find).toThrow(expect.objectContaining({ code: 'source-unreachable' }));
    expect(find).not.toThrow(/secret/);
  });

  it.each([
    ['http://a.example/', 'a.example'],
    ['http://sub.a.example/', 'a.example'],
    ['http://sub.a.example/', '.a.example'],
    ['http://sub.a.example/', '*.a.example'],
    ['http://A.Example/', 'x, A.EXAMPLE'],
    ['http://a.example/', 'a.example:80'],
    ['http://a.example:8080/', 'b,a.example:8080'],
    ['http://a.example/', '*'],
    ['http://10.96.4.1/', '192.168.0.0/16,10.96.0.0/12'],
    ['http://10.96.4.1:5000/', '10.96.4.1'],
    ['http://[fd00::5]/', 'fd00::/8'],
    ['http://[fd00::5]/', 'fd00::5'],
    ['http://[fd00::5]:81/', '[fd00::5]:81'],
    ['http://cdi.cdi.svc/', '.svc,.cluster.local'],
    ['http://localhost:5000/', ''],
    ['http://127.0.0.5/', ''],
    ['http://[::1]/', ''],
  ])('is none for %s with no_proxy %o', (url, noProxy) => {
    expect(proxyFor(new URL(url), { http_proxy: PROXY, no_proxy: noProxy })).toBeUndefined();
    expect(proxyFor(new URL(url), { HTTP_PROXY: PROXY, NO_PROXY: noProxy })).toBeUndefined();
  });

  it.each([
    ['http://a.example/', ''],
    ['http://ba.example/', 'a.example'],
    ['http://a.example/', '.a.example'],
    ['http://a.example/', 'a.example:81'],
    ['http://a.example.org/', 'a.example'],
    ['http://10.112.0.1/', '10.96.0.0/12'],
    ['http://10.96.4.1/', '10.96.4.1/33'],
    ['http://10.96.4.10/', '10.96.4.1'],
    ['http://1.10.96.4/', '10.96.4'],
    ['http://[fe00::5]/', 'fd00::/8'],
    ['http://10.0.0.1/', 'fd00::/8'],
  ])('is asked for %s with no_proxy %o', (url, noProxy) => {
    expect(proxyFor(new URL(url), { http_proxy: PROXY, no_proxy: noProxy })?.href).toBe(`${PROXY}/`);
  });
});
