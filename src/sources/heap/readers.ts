import { createReadStream } from 'node:fs';
import { redactText } from '../secrets/command-line.js';
import { loginOf, shownUrl } from '../secrets/url.js';
import type { ByteStream } from './byte-stream.js';
import type { HeapDocument } from './document.js';
import { readHeapDocument } from './document.js';
import { HeapProfileError } from './errors.js';
import type { SnapshotOptions } from './v8-snapshot.js';

const DEFAULT_MAX_BYTES = 1024 ** 3;
const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 3;
/** Larger reads than Node's 64 KiB: snapshots are gigabytes. */
const FILE_CHUNK_BYTES = 1024 * 1024;

export interface FetchOptions {
  /** Bound on what a server may send. Default 1 GiB. */
  readonly maxBytes?: number;
  /** For the whole exchange, redirects and body included; above the `seconds=` of a delta profile. Default 60 s. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Reads heap data from a file or an http(s) URL, whatever of the formats it is in.
 * Throws HeapProfileError; no text of an error holds a user name, password or query of the URL.
 */
export async function readHeap(location: string, options: FetchOptions & SnapshotOptions = {}): Promise<HeapDocument> {
  const stream = isUrl(location) ? fetchBytes(location, options) : readFileBytes(location);
  return readHeapDocument(stream, options);
}

/** Whether a location is a URL rather than a file name: it has a scheme. */
export function isUrl(location: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location);
}

/** The bytes of a file of any size, as a stream. Throws HeapProfileError `unreadable`. */
async function* readFileBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: FILE_CHUNK_BYTES }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new HeapProfileError('unreadable', `${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * The body of an http(s) GET, as a stream. A user name and password in the URL are sent as basic authentication, and not on
 * to another origin. At most three redirects are followed.
 * Throws HeapProfileError: `bad-location`, `http-status`, `too-many-redirects`, `timeout`, `too-large`, `unreadable`.
 */
export async function* fetchBytes(location: string, options: FetchOptions = {}): AsyncGenerator<Uint8Array> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const signal = AbortSignal.timeout(timeoutMs);
  const shown = shownUrl(location);
  try {
    const body = await request(location, options.fetch ?? globalThis.fetch, signal);
    let received = 0;
    for await (const chunk of body) {
      received += chunk.length;
      if (received > maxBytes) throw new HeapProfileError('too-large', `${shown} sent more than ${maxBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof HeapProfileError) throw error;
    if (signal.aborted) throw new HeapProfileError('timeout', `${shown} took longer than ${timeoutMs / 1000} s`);
    // The cause is not passed on: fetch puts the whole URL into some of its messages.
    throw new HeapProfileError('unreadable', `${shown}: ${reasonOf(error)}`);
  }
}

async function request(location: string, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<ByteStream> {
  let url = parseUrl(location);
  const { origin } = url;
  const login = loginOf(url);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const headers: Record<string, string> = {};
    if (login !== undefined && url.origin === origin) {
      headers.authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    }
    // fetch refuses a URL with credentials in it.
    url.username = '';
    url.password = '';
    const response = await fetch(url, { signal, redirect: 'manual', headers });
    const next = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (next === null) return bodyOf(response, url);
    await response.body?.cancel();
    url = parseUrl(next, url);
  }
  throw new HeapProfileError('too-many-redirects', `${shownUrl(location)} redirects more than ${MAX_REDIRECTS} times`);
}

async function bodyOf(response: Response, url: URL): Promise<ByteStream> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new HeapProfileError(
      'http-status',
      `${shownUrl(url.href)} answered ${response.status} ${response.statusText}`.trimEnd(),
    );
  }
  if (!response.body) throw new HeapProfileError('empty', `${shownUrl(url.href)} sent nothing`);
  return response.body as ReadableStream<Uint8Array>;
}

function parseUrl(location: string, base?: URL): URL {
  if (URL.canParse(location, base?.href)) {
    const url = new URL(location, base);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  throw new HeapProfileError('bad-location', `${shownUrl(location)} is not an http or https URL`);
}

/** fetch says only "fetch failed"; why is in the cause, as a system error code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const { cause } = error;
  const system = cause instanceof Error ? cause : error;
  if ('code' in system && typeof system.code === 'string') return system.code;
  // Of what never left this machine, such as a port that fetch refuses, only words tell.
  return cause instanceof Error ? redactText(cause.message) : system.name;
}

/**
 * The URL of the Go runtime's own figures for the URL of a heap profile: the same with `debug=1`.
 * Throws HeapProfileError `bad-location`.
 */
export function goRuntimeUrl(location: string): string {
  const url = parseUrl(location);
  url.searchParams.set('debug', '1');
  url.searchParams.delete('seconds');
  return url.href;
}
