import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { redactText } from '../secrets/command-line.js';
import { shownUrl } from '../secrets/url.js';
import type { KubeEndpoint } from './client-node.js';
import { KubeError } from './error.js';

/** An answer as it came. Header names are in lower case. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RequestChoice {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly params?: URLSearchParams;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** An answer larger than this is given up. */
  readonly mostBytes: number;
}

/** Sends one request and hands back the answer's stream once its headers are there. Throws a KubeError. */
export async function open(endpoint: KubeEndpoint, path: string, choice: RequestChoice): Promise<IncomingMessage> {
  const url = new URL(endpoint.server);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  if (choice.params !== undefined) url.search = choice.params.toString();
  const base = await credentials(endpoint);
  const body = choice.body === undefined ? undefined : JSON.stringify(choice.body);
  const options: RequestOptions = {
    ...base,
    method: choice.method ?? 'GET',
    headers: {
      Accept: 'application/json, text/plain;q=0.9, */*;q=0.1',
      'User-Agent': 'oomkit',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...(base.headers as object | undefined),
    },
    timeout: choice.timeoutMs,
    ...(choice.signal === undefined ? {} : { signal: choice.signal }),
  };
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, options, resolve);
    request.on('timeout', () => request.destroy(new KubeError('timeout', subject(endpoint, path, choice.timeoutMs))));
    request.on('error', (error) => reject(connectionError(error, endpoint, path)));
    request.end(body);
  });
}

/** Reads an answer to its end. Throws a KubeError when it is cut off, too large or does not come in time. */
export async function readAnswer(
  answer: IncomingMessage,
  endpoint: KubeEndpoint,
  path: string,
  { mostBytes, timeoutMs }: Pick<RequestChoice, 'mostBytes' | 'timeoutMs'>,
): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const deadline = setTimeout(() => answer.destroy(new KubeError('timeout', subject(endpoint, path, timeoutMs))), timeoutMs);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) throw new KubeError('too-large', { path, size: `${mostBytes}` });
      chunks.push(chunk);
    }
  } catch (error) {
    throw connectionError(error, endpoint, path, 'cut');
  } finally {
    clearTimeout(deadline);
  }
  return { status: answer.statusCode ?? 0, headers: headersOf(answer), body: Buffer.concat(chunks).toString('utf8') };
}

export function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

/** Credentials may come from a program that the configuration names; what it prints is not repeated. */
async function credentials(endpoint: KubeEndpoint): Promise<RequestOptions> {
  try {
    return await endpoint.requestOptions();
  } catch (error) {
    const plugin = /(?:spawnSync|spawn|execute|exec)[^A-Za-z]{1,3}([\w./-]{1,100})/i.exec(
      error instanceof Error ? error.message : '',
    )?.[1];
    throw new KubeError('credentials', { context: endpoint.context, plugin: plugin ?? '' });
  }
}

/** An error of a connection as a KubeError; an interruption goes through as it is. */
export function connectionError(
  error: unknown,
  endpoint: KubeEndpoint,
  path: string,
  otherwise: 'cut' | 'unreachable' = 'unreachable',
): Error {
  if (error instanceof KubeError) return error;
  if (!(error instanceof Error))
    return new KubeError(otherwise, { server: shownUrl(endpoint.server), path, detail: String(error) });
  if (error.name === 'AbortError') return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const server = shownUrl(endpoint.server);
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|EPROTO|SSL/.test(code)) return new KubeError('certificate', { server, detail: code });
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new KubeError('cut', { server, path, detail: code });
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') return new KubeError('refused', { server, path, detail: code });
  if (code === 'ETIMEDOUT') return new KubeError('timeout', subject(endpoint, path, 0));
  return new KubeError(otherwise, { server, path, detail: code === '' ? redactText(error.message).slice(0, 200) : code });
}

function subject({ server }: KubeEndpoint, path: string, timeoutMs: number): Record<string, string> {
  return { server: shownUrl(server), path, seconds: String(Math.round(timeoutMs / 1000)) };
}
