import { ImportError } from '../../error.js';
import type { HttpAnswer, HttpClient } from '../http/client.js';
import { checked } from '../http/http.js';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A bearer token is a few KiB; what a token service sends beyond is not read. */
const MAX_TOKEN_BYTES = 1024 * 1024;

/**
 * A client that answers a registry's challenge: Basic, or Bearer with a token from the service the challenge names. Source:
 * distribution's docs/content/spec/auth/token.md (3.0) and RFC 9110, 11.6.1. Tokens are asked for anew when they have run out.
 * The token service is another host as a rule: it is asked by a client of its own, and is told the login and nothing else.
 */
export function authorisingClient(client: HttpClient, tokenClient: HttpClient, login: Login | undefined): HttpClient {
  let authorization: string | undefined;
  const get = (url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> =>
    client.get(url, headers, signal, authorization === undefined ? {} : { authorization });
  return {
    get: async (url, headers, signal) => {
      const answer = await get(url, headers, signal);
      const challenge = answer.status === 401 ? answer.headers['www-authenticate'] : undefined;
      if (challenge === undefined) return answer;
      answer.discard();
      authorization = await respond(challenge, url, tokenClient, login, signal);
      return get(url, headers, signal);
    },
    close: async () => void (await Promise.all([client.close(), tokenClient.close()])),
  };
}

async function respond(
  challenge: string,
  url: URL,
  client: HttpClient,
  login: Login | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const basic = login === undefined ? undefined : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  if (!/^bearer /i.test(challenge)) return basic;
  const { realm = '', service, scope } = parametersOf(challenge);
  // A registry behind TLS must not have the password sent without it.
  const scheme = URL.canParse(realm) ? new URL(realm).protocol : undefined;
  if (scheme !== 'https:' && !(scheme === 'http:' && url.protocol === 'http:'))
    throw new ImportError('bad-answer', { source: url.host, what: 'WWW-Authenticate' });
  const tokenUrl = new URL(realm);
  if (service !== undefined) tokenUrl.searchParams.set('service', service);
  if (scope !== undefined) tokenUrl.searchParams.set('scope', scope);
  const answer = checked(
    await client.get(tokenUrl, {}, signal, basic === undefined ? {} : { authorization: basic }),
    tokenUrl.host,
  );
  const token = tokenOf(await bodyOf(answer, MAX_TOKEN_BYTES, tokenUrl.host));
  if (token === undefined) throw new ImportError('bad-answer', { source: tokenUrl.host, what: 'token' });
  return `Bearer ${token}`;
}

/** `Bearer realm="…",service="…"`. */
function parametersOf(challenge: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...challenge.matchAll(/([a-z]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [name.toLowerCase(), value]),
  );
}

function tokenOf(body: Uint8Array): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown>;
    const found = token ?? accessToken;
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** A whole body of bounded size. Throws an ImportError when there is more. */
export async function bodyOf({ body, discard }: HttpAnswer, limitBytes: number, source: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of body) {
      length += piece.length;
      if (length > limitBytes) throw new ImportError('bad-answer', { source, what: 'Content-Length' });
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    discard();
  }
}

/** The login for a host in a docker config file (`auths`), as `kubectl create secret docker-registry` and docker login write it. */
export function loginIn(config: string, host: string): Login | undefined {
  const names = host === 'registry-1.docker.io' ? [host, 'docker.io', 'https://index.docker.io/v1/'] : [host, `https://${host}`];
  const entry = entriesOf(config).find(([name]) => names.includes(name))?.[1];
  const { username, password, auth } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof username === 'string' && typeof password === 'string') return { user: username, password };
  const [user, ...rest] = Buffer.from(typeof auth === 'string' ? auth : '', 'base64')
    .toString('utf8')
    .split(':');
  return user === undefined || rest.length === 0 ? undefined : { user, password: rest.join(':') };
}

function entriesOf(config: string): [string, unknown][] {
  try {
    const value = JSON.parse(config) as { readonly auths?: unknown } | null;
    return Object.entries(value?.auths ?? {});
  } catch {
    return [];
  }
}
