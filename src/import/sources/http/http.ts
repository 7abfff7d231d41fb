import { shownUrl } from '../../../sources/secrets/url.js';
import { ImportError } from '../../error.js';
import type { RetryPolicy } from '../retry.js';
import { withRetries } from '../retry.js';
import { type ByteSource, isSame, isTelling, type SourceIdentity } from '../source.js';
import type { HttpAnswer, HttpClient } from './client.js';

export interface HttpSourceOptions {
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  /** How it is shown, when not by its URL. */
  readonly shown?: string;
  /** What its content must hash to, where that is known: it identifies the source. */
  readonly digest?: string;
  /** A later check of the whole stream stands in for an identity the server does not give. */
  readonly isCheckedLater?: boolean;
}

/**
 * A file on a server. It is asked for its first byte: the answer tells whether it takes ranges, the size and the validators. Servers
 * that know HEAD may still refuse it for signed URLs, and tell other sizes than for GET.
 */
export async function httpSource(client: HttpClient, url: URL, options: HttpSourceOptions): Promise<ByteSource> {
  const shown = options.shown ?? shownUrl(url.href);
  const { signal } = options;
  const first = await withRetries(
    async () => {
      const answer = await client.get(url, { range: 'bytes=0-0' }, signal);
      answer.discard();
      // An empty file has no first byte.
      if (answer.status === 416) throw new ImportError('source-empty', { source: shown });
      return checked(answer, shown);
    },
    options.retry,
    signal,
  );
  const canRange = first.status === 206;
  const identity = { ...identityOf(first, shown), ...(options.digest === undefined ? {} : { digest: options.digest }) };
  const { sizeBytes } = identity;
  if (sizeBytes === 0) throw new ImportError('source-empty', { source: shown });
  let retries = 0;
  const counting: RetryPolicy = {
    ...options.retry,
    onRetry: (...told) => {
      retries += 1;
      options.retry.onRetry?.(...told);
    },
  };
  const source = { client, url, shown, canRange, identity, isCheckedLater: options.isCheckedLater === true };
  return {
    shown,
    canRange,
    identity,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    read: (offset, aborted) => readFrom(source, offset, aborted),
    get retries() {
      return retries;
    },
    ...(canRange
      ? {
          readAt: (offset: number, length: number, aborted: AbortSignal, into?: Uint8Array) => {
            const part = into?.subarray(0, length) ?? new Uint8Array(length);
            return withRetries(() => readPart(source, offset, part, aborted), counting, aborted);
          },
        }
      : {}),
    close: () => client.close(),
  };
}

interface Known {
  readonly client: HttpClient;
  readonly url: URL;
  readonly shown: string;
  readonly canRange: boolean;
  readonly identity: SourceIdentity;
  readonly isCheckedLater: boolean;
}

async function* readFrom(known: Known, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { shown, identity } = known;
  // Without a validator the rest may be another file's.
  if (offset > 0 && !isTelling(identity) && !known.isCheckedLater) throw new ImportError('no-validator', { source: shown });
  if (identity.sizeBytes !== undefined && offset >= identity.sizeBytes) return;
  const answer = await known.client.get(known.url, offset === 0 ? {} : rangeHeaders(known, `bytes=${offset}-`), signal);
  let at = 0;
  try {
    if (offset > 0 && answer.status === 416) throw new ImportError('source-changed', { source: shown });
    checked(answer, shown);
    confirm(known, answer);
    if (answer.status === 206) at = startOfRange(answer, shown);
    if (at > offset) throw new ImportError('bad-answer', { source: shown, what: 'Content-Range' });
    for await (const chunk of answer.body) {
      const end = at + chunk.length;
      // More than there was: neither the old file nor, cut off here, the new one.
      if (identity.sizeBytes !== undefined && end > identity.sizeBytes)
        throw new ImportError('source-changed', { source: shown });
      // A server that ignores the range sends what is there already.
      if (end > offset) yield at >= offset ? chunk : chunk.subarray(offset - at);
      at = end;
    }
  } finally {
    answer.discard();
  }
  if (identity.sizeBytes !== undefined && at !== identity.sizeBytes) {
    throw new ImportError('source-cut', { source: shown, reason: `${at}/${identity.sizeBytes}` }, { retryable: true });
  }
}

/** Fills a part with what is at an offset. */
async function readPart(known: Known, offset: number, part: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const { length } = part;
  const answer = await known.client.get(known.url, rangeHeaders(known, `bytes=${offset}-${offset + length - 1}`), signal);
  try {
    checked(answer, known.shown);
    confirm(known, answer);
    if (answer.status !== 206 || startOfRange(answer, known.shown) !== offset) {
      throw new ImportError('bad-answer', { source: known.shown, what: 'Content-Range' });
    }
    let filled = 0;
    for await (const chunk of answer.body) {
      part.set(chunk.subarray(0, length - filled), filled);
      filled += Math.min(chunk.length, length - filled);
      if (filled === length) return part;
    }
    throw new ImportError('source-cut', { source: known.shown, reason: `${offset + filled}` }, { retryable: true });
  } finally {
    answer.discard();
  }
}

/** If-Range takes a strong entity tag or a date: RFC 9110, 13.1.5. */
function rangeHeaders({ identity: { etag, lastModified } }: Known, range: string): Record<string, string> {
  const validator = etag ?? lastModified;
  return { range, ...(validator === undefined ? {} : { 'if-range': validator }) };
}

/** Throws when the answer is of other bytes than the first one was. */
function confirm({ identity, shown, isCheckedLater }: Known, answer: HttpAnswer): void {
  const now = identityOf(answer, shown);
  const sizeKept = identity.sizeBytes === undefined || now.sizeBytes === undefined || identity.sizeBytes === now.sizeBytes;
  if (sizeKept && (identity.digest !== undefined || !isTelling(identity))) return;
  if (sizeKept && (isTelling(now) ? isSame(identity, now) : isCheckedLater)) return;
  throw new ImportError('source-changed', { source: shown });
}

function identityOf({ status, headers }: HttpAnswer, shown: string): SourceIdentity {
  const sizeBytes = status === 206 ? totalOfRange(headers['content-range'], shown) : lengthOf(headers['content-length']);
  const { etag, 'last-modified': lastModified } = headers;
  return {
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(etag === undefined || etag.startsWith('W/') ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

/** `bytes 0-0/1234`: RFC 9110, 14.4; the total may be `*`. */
const CONTENT_RANGE = /^bytes (\d{1,16})-(\d{1,16})\/(?:(\d{1,16})|\*)$/;

function totalOfRange(text: string | undefined, source: string): number | undefined {
  const match = CONTENT_RANGE.exec(text ?? '');
  if (match === null) throw new ImportError('bad-answer', { source, what: 'Content-Range' });
  return match[3] === undefined ? undefined : Number(match[3]);
}

function startOfRange({ headers }: HttpAnswer, source: string): number {
  const match = CONTENT_RANGE.exec(headers['content-range'] ?? '');
  if (match === null) throw new ImportError('bad-answer', { source, what: 'Content-Range' });
  return Number(match[1]);
}

function lengthOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

/**
 * The encodings of an answer that leave the bytes as they are or recognisable as compressed. Some servers say gzip of any file that
 * ends in .gz; what is encoded otherwise, though nobody asked for it, would pass for a raw disk.
 */
const PLAIN_ENCODINGS: ReadonlySet<string> = new Set(['', 'identity', 'gzip', 'x-gzip']);

/** The answer when it brings bytes; else an ImportError that tells whether to ask again. */
export function checked(answer: HttpAnswer, source: string): HttpAnswer {
  const { status, headers } = answer;
  const isPlain = PLAIN_ENCODINGS.has((headers['content-encoding'] ?? '').trim().toLowerCase());
  if ((status === 200 || status === 206) && isPlain) return answer;
  answer.discard();
  if (status === 200 || status === 206) throw new ImportError('bad-answer', { source, what: 'Content-Encoding' });
  if (status === 401 || status === 403) throw new ImportError('source-denied', { source, status });
  if (status === 404 || status === 410) throw new ImportError('source-missing', { source, status });
  const retryable = status >= 500 || status === 408 || status === 425 || status === 429;
  throw new ImportError('source-status', { source, status }, { retryable, waitMs: retryAfterMs(headers['retry-after']) });
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterMs(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
