import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A request as it came. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Which one it is on this server: 0 is the first. */
  readonly index: number;
}

/** What a server does with a request. */
export interface Answer {
  readonly status?: number;
  /** A `content-length` given here is sent, whatever the body's length is; without one the body is chunked. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Breaks the connection off after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Sends so many bytes of the body and then nothing, for ever. */
  readonly stallAfter?: number;
  /** Sends a piece of so many bytes, waits, and so on. */
  readonly throttle?: { readonly bytes: number; readonly everyMs: number };
}

export type Respond = (request: SeenRequest) => Answer | Promise<Answer>;

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** An HTTP server on the loopback interface that does as it is told, however wrong. It is gone after the test. */
export class FaultServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly requests: SeenRequest[] = [];

  private constructor(url: string) {
    this.url = url;
  }

  static async start(respond: Respond, tls?: Tls): Promise<FaultServer> {
    const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      const { method = '', url: target = '', headers } = incoming;
      const seen = { method, target, headers, index: server.requests.length };
      server.requests.push(seen);
      Promise.resolve(seen)
        .then(respond)
        .then((answer) => send(answer, outgoing))
        .catch(() => outgoing.destroy());
    };
    const listener = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const server = new FaultServer(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`);
    onTestFinished(() => {
      listener.closeAllConnections();
      listener.close();
    });
    return server;
  }

  /** The values of a header over all requests that had it. */
  sent(header: string): string[] {
    return this.requests.flatMap(({ headers }) => (headers[header] === undefined ? [] : [String(headers[header])]));
  }
}

async function send(answer: Answer, response: ServerResponse): Promise<void> {
  const { status = 200, headers = {}, body = Buffer.alloc(0), cutAfter, stallAfter, throttle } = answer;
  response.writeHead(status, headers);
  const end = Math.min(body.length, cutAfter ?? body.length, stallAfter ?? body.length);
  const step = throttle?.bytes ?? 256 * 1024;
  response.flushHeaders();
  for (let at = 0; at < end && !response.destroyed; at += step) {
    if (!response.write(body.subarray(at, Math.min(at + step, end)))) await roomIn(response);
    if (throttle !== undefined) await delay(throttle.everyMs);
  }
  if (stallAfter !== undefined) return;
  if (cutAfter === undefined) response.end();
  // What was sent arrives; then the connection ends, without the end of the body.
  else (response.socket as Socket).end();
}

async function roomIn(response: ServerResponse): Promise<void> {
  const waiting = new AbortController();
  await Promise.race(['drain', 'close'].map((event) => once(response, event, { signal: waiting.signal })));
  waiting.abort();
}

export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What a good server answers for a file: all of it, or the range that was asked for, by RFC 9110 (13.1.5, 14.2, 15.3.7). */
export function fileAnswer(
  content: Buffer,
  { headers }: SeenRequest,
  { etag, lastModified }: Validators = { etag: '"1"' },
): Answer {
  const validators = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  const condition = headers['if-range'];
  const isStale = condition !== undefined && condition !== etag && condition !== lastModified;
  if (range === null || isStale) {
    return { headers: { ...validators, 'accept-ranges': 'bytes', 'content-length': String(content.length) }, body: content };
  }
  const start = Number(range[1]);
  const end = Math.min(range[2] === '' ? Number.POSITIVE_INFINITY : Number(range[2]), content.length - 1);
  if (start >= content.length)
    return { status: 416, headers: { 'content-range': `bytes */${content.length}`, 'content-length': '0' } };
  const body = content.subarray(start, end + 1);
  return {
    status: 206,
    headers: {
      ...validators,
      'content-range': `bytes ${start}-${end}/${content.length}`,
      'content-length': String(body.length),
    },
    body,
  };
}

/** The same from a server that knows no ranges. */
export function wholeAnswer(content: Buffer, request: SeenRequest, validators?: Validators): Answer {
  const { range: _, ...headers } = request.headers;
  return fileAnswer(content, { ...request, headers }, validators);
}
