import { BlockList, isIP } from 'node:net';
import { ImportError } from '../../error.js';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * The proxy for a URL, by http_proxy, https_proxy and no_proxy in lower or upper case; undefined where it is asked directly. no_proxy
 * is read as Go's programs read it (golang.org/x/net/http/httpproxy), and so most of a cluster: CIDR ranges count, `.name` stands
 * for what is below a name, and the machine itself is never asked through a proxy. Throws an ImportError when a proxy is no URL.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const variable = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const text = env[variable] || env[variable.toUpperCase()];
  if (text === undefined || text === '') return undefined;
  if (isExempt(url, env.no_proxy || env.NO_PROXY || '')) return undefined;
  const proxy = /^[a-z][a-z0-9]*:\/\//i.test(text) ? text : `http://${text}`;
  // Its value may hold a password.
  if (!URL.canParse(proxy)) throw new ImportError('source-unreachable', { source: url.origin, reason: variable });
  return new URL(proxy);
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : url.port;
  if (host === 'localhost' || isIn(host, '127.0.0.0/8') || host === '::1') return true;
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => entry === '*' || matches(entry, host, port));
}

function matches(entry: string, host: string, port: string | undefined): boolean {
  if (entry.includes('/')) return isIn(host, entry);
  const [, name = '', onlyPort] = /^(\[.*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
  const plain = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (plain === host) return true;
  return isIP(host) === 0 && host.endsWith(plain.startsWith('.') ? plain : `.${plain}`);
}

/** Whether a host is an address in a range, `10.0.0.0/8` or `fd00::/8`. */
function isIn(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || !/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, Number(bits), family);
  return list.check(host, family);
}
