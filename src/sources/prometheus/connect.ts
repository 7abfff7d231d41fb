import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { loginOf, shownUrl } from '../secrets/url.js';
import { PrometheusError, type PrometheusErrorCode } from './error.js';
import type { PrometheusServer, RawAnswer } from './server.js';

/** What an answer may have at most; a day of one container at one sample a second is a tenth of it. */
const MAX_BYTES = 128 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
/** Longer addresses are refused by some servers and proxies; a query longer than that goes into a body. */
const LONGEST_URL = 4000;

export interface ConnectOptions {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  readonly basic?: { readonly user: string; readonly password: string };
  /** Beside these two: `X-Scope-OrgID` names the tenant for Mimir and Cortex. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Certificates in PEM that are trusted instead of the system's. */
  readonly ca?: string;
  /** Takes any certificate. */
  readonly insecure?: boolean;
  /** For each attempt, the answer's body included. Default 30 s. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/**
 * A server by its URL, which may have a path that the API lies below (Mimir's `/prometheus`, VictoriaMetrics'
 * `/select/0/prometheus`) and a user name and password, sent as basic authentication. Redirects are not followed: they lead to
 * login pages, and would carry the credentials elsewhere. Node's own client does here: undici would nearly double the program. Throws a PrometheusError `bad-url` or `bad-header`.
 */
export function connectPrometheus(location: string, options: ConnectOptions = {}): PrometheusServer {
  const base = parseUrl(location);
  const shown = shownUrl(location);
  const headers = requestHeaders(base, options, shown);
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const prefix = `${base.origin}${base.pathname.replace(/\/+$/, '')}`;
  const isTls = base.protocol === 'https:';
  const tls = { ...(options.ca === undefined ? {} : { ca: options.ca }), rejectUnauthorized: options.insecure !== true };
  const agent = isTls ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true });
  return {
    shown,
    get: async (path, params) => {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const query = params.toString();
        const short = prefix.length + path.length + query.length < LONGEST_URL;
        const request = (isTls ? requestHttps : requestHttp)(`${prefix}${path}${short && query !== '' ? `?${query}` : ''}`, {
          agent,
          signal,
          method: short ? 'GET' : 'POST',
          headers: short ? headers : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        });
        // An error inside the answer is thrown where the answer is read.
        request.on('error', () => undefined);
        request.end(short ? undefined : query);
        const [answer] = (await once(request, 'response')) as [IncomingMessage];
        const body = await boundedText(answer, maxBytes, shown);
        return { status: answer.statusCode ?? 0, headers: plainHeaders(answer.headers), body };
      } catch (error) {
        if (error instanceof PrometheusError) throw error;
        if (signal.aborted) throw new PrometheusError('timeout', shown, { limit: { kind: 'seconds', value: timeoutMs / 1000 } });
        throw connectionError(error, shown);
      }
    },
    close: () => Promise.resolve(agent.destroy()),
  };
}

function parseUrl(location: string): URL {
  if (URL.canParse(location)) {
    const url = new URL(location);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  throw new PrometheusError('bad-url', shownUrl(location));
}

function requestHeaders(url: URL, { token, basic, headers = {} }: ConnectOptions, shown: string): Record<string, string> {
  const login = basic ?? loginOf(url);
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : login === undefined
        ? undefined
        : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const all = {
    accept: 'application/json',
    'user-agent': 'oomkit',
    ...(authorization === undefined ? {} : { authorization }),
    ...headers,
  };
  for (const [name, value] of Object.entries(all)) {
    // RFC 9110, 5.1 and 5.5: a name is a token, a value has no control characters. The value may be a secret: it is not shown.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new PrometheusError('bad-header', shown, { header: name });
  }
  return all;
}

async function boundedText(body: AsyncIterable<Uint8Array>, maxBytes: number, shown: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new PrometheusError('too-large', shown, { limit: { kind: 'bytes', value: maxBytes } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): RawAnswer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** Node's and OpenSSL's codes for a certificate that is not trusted, not valid now, or another's. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO/;
const CUT = new Set(['ECONNRESET', 'EPIPE']);

/** Node's and the system's codes; the text of an error may have the whole URL in it, so only the code is shown. */
function connectionError(error: unknown, shown: string): PrometheusError {
  const reason = codeOf(error);
  const code: PrometheusErrorCode = CERTIFICATE.test(reason)
    ? 'certificate'
    : CUT.has(reason) || reason.startsWith('HPE_')
      ? 'cut'
      : 'unreachable';
  return new PrometheusError(code, shown, { reason });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
