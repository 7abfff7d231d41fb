import type { Dispatcher } from 'undici';
import { seconds } from '../../../model/index.js';
import { loginOf, shownUrl } from '../../../sources/secrets/url.js';
import { errnoOf, ImportError } from '../../error.js';
import { proxyFor } from './proxy.js';

/** How to reach servers. */
export interface HttpOptions {
  readonly basic?: { readonly user: string; readonly password: string };
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** Sent to the first host only, as the two above: any of them may be a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Certificates in PEM, trusted instead of the system's, of proxies too. */
  readonly ca?: string;
  /** Takes any certificate. */
  readonly insecure?: boolean;
  /** How long a server may send nothing. */
  readonly idleTimeoutMs?: number;
  /** Where http_proxy, https_proxy and no_proxy are looked up. */
  readonly env?: NodeJS.ProcessEnv;
  /** Headers that sign one request; called again for each. */
  readonly sign?: (url: URL, headers: Readonly<Record<string, string>>) => Promise<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives up the body. */
  discard(): void;
}

/** GETs over one set of connections. */
export interface HttpClient {
  /** `secret` headers are sent to the URL's own origin only, and not to where it redirects. */
  get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    secret?: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 10;
const DEFAULT_IDLE_MS = 60_000;
const MAX_CONNECT_MS = 30_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * A client that follows redirects, and goes through the proxies the environment names. What authorises a request is sent to the
 * origin that was asked for and to no other (RFC 9110, 15.4), and never from https to http.
 */
export async function httpClient(options: HttpOptions): Promise<HttpClient> {
  const { request } = await import('../../clients.js');
  const { idleTimeoutMs = DEFAULT_IDLE_MS, env = process.env } = options;
  const routes = await routesOf(options, Math.min(idleTimeoutMs, MAX_CONNECT_MS));
  const send = async (url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> => {
    const proxy = proxyFor(url, env);
    const failed = (error: unknown): ImportError => connectionError(error, url, proxy, idleTimeoutMs);
    const timeouts = { headersTimeout: idleTimeoutMs, bodyTimeout: idleTimeoutMs };
    try {
      const answer = await request(url, { dispatcher: routes.by(proxy), headers, signal, method: 'GET', ...timeouts });
      return answerOf(answer, failed);
    } catch (error) {
      signal.throwIfAborted();
      throw failed(error);
    }
  };
  return {
    get: async (first, wanted, signal, secret = {}) => {
      let url = first;
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const own = url.origin === first.origin ? await authorised(url, { ...wanted, ...secret }, options) : wanted;
        const answer = await send(withoutLogin(url), { 'user-agent': 'oomkit', 'accept-encoding': 'identity', ...own }, signal);
        const location = REDIRECTS.has(answer.status) ? answer.headers.location : undefined;
        if (location === undefined) return answer;
        answer.discard();
        url = redirected(url, location);
      }
      throw new ImportError('source-redirects', { source: shownUrl(first.href), limit: MAX_REDIRECTS });
    },
    close: () => routes.close(),
  };
}

interface Routes {
  /** What sends requests through a proxy, or directly. */
  by(proxy: URL | undefined): Dispatcher;
  close(): Promise<void>;
}

async function routesOf({ ca, insecure }: HttpOptions, timeout: number): Promise<Routes> {
  const { Agent, ProxyAgent } = await import('../../clients.js');
  const tls = { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: insecure !== true, timeout };
  const open = new Map<string, Dispatcher>();
  const made = (proxy: URL | undefined): Dispatcher => {
    if (proxy === undefined) return new Agent({ connect: tls });
    // Proxies take CONNECT for port 443 as a rule, and for others only if told to (Squid's SSL_ports): http is not tunnelled.
    return new ProxyAgent({ uri: proxy.href, requestTls: tls, proxyTls: tls, proxyTunnel: false });
  };
  return {
    by: (proxy) => {
      const key = proxy?.href ?? '';
      const dispatcher = open.get(key) ?? made(proxy);
      open.set(key, dispatcher);
      return dispatcher;
    },
    close: async () => void (await Promise.all([...open.values()].map((dispatcher) => dispatcher.destroy()))),
  };
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isWeb = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:');
  if (to === undefined || !isWeb) throw new ImportError('bad-answer', { source: shownUrl(from.href), what: 'Location' });
  return to;
}

function withoutLogin(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

async function authorised(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { basic, token, headers: extra = {}, sign }: HttpOptions,
): Promise<Record<string, string>> {
  const login = basic ?? loginOf(url);
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : login === undefined
        ? undefined
        : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const all = { ...headers, ...(authorization === undefined ? {} : { authorization }), ...extra };
  return sign === undefined ? all : sign(withoutLogin(url), all);
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData, failed: (error: unknown) => ImportError): HttpAnswer {
  // Given up bodies end with an error that nobody reads.
  body.on('error', () => undefined);
  const plain = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return {
    status: statusCode,
    headers: Object.fromEntries(plain),
    body: bodyOf(body, failed),
    discard: () => void body.destroy(),
  };
}

async function* bodyOf(body: AsyncIterable<Uint8Array>, failed: (error: unknown) => ImportError): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof ImportError || (error instanceof Error && error.name === 'AbortError')) throw error;
    throw failed(error);
  }
}

/** Node's and OpenSSL's codes for a certificate that is not trusted, not valid now, or another's. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO/;
const TIMEOUTS = new Set(['UND_ERR_BODY_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT']);
/** A connection that broke off while it was in use. */
const CUTS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'UND_ERR_ABORTED']);

/** Of a client that was closed here: nothing that asking again could change. */
const CLOSED = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);

/** The text of an error may hold a whole URL, so only its code is shown. */
function connectionError(error: unknown, url: URL, proxy: URL | undefined, idleTimeoutMs: number): ImportError {
  const source = shownUrl(url.href);
  const refusal = proxy === undefined ? undefined : proxyStatus(error);
  const code = refusal === undefined ? codeOf(error) : `HTTP ${refusal}`;
  const reason = proxy === undefined ? code : `${code}, ${proxy.origin}`;
  if (CERTIFICATE.test(code)) return new ImportError('source-certificate', { source, reason }, { cause: error });
  if (TIMEOUTS.has(code)) {
    return new ImportError('source-stalled', { source, idle: seconds(idleTimeoutMs / 1000) }, { retryable: true, cause: error });
  }
  const isCut = CUTS.has(code) || code.startsWith('HPE_');
  // A name that does not exist will not exist in a minute either, nor will a proxy think otherwise of the login it was given.
  const retryable = code !== 'ENOTFOUND' && !CLOSED.has(code) && !(refusal !== undefined && refusal < 500);
  return new ImportError(isCut ? 'source-cut' : 'source-unreachable', { source, reason }, { retryable, cause: error });
}

/** What a proxy answered instead of passing the request on; undici tells it in words only. */
function proxyStatus(error: unknown): number | undefined {
  const [, status] = /^Proxy [^(]*\((\d{3})\)/.exec(error instanceof Error ? error.message : '') ?? [];
  return status === undefined ? undefined : Number(status);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  // A socket's error carries the system's own as its cause.
  const inner = error.cause === undefined ? undefined : errnoOf(error.cause);
  return inner ?? errnoOf(error) ?? error.name;
}
