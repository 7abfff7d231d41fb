import { setTimeout as delay } from 'node:timers/promises';
import { ImportError } from '../error.js';
import type { ByteSource } from './source.js';

/** How often and how fast to try again. */
export interface RetryPolicy {
  /** Attempts after the first that may fail in a row without progress. */
  readonly retries: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Told before each wait. */
  readonly onRetry?: (error: ImportError, attempt: number, waitMs: number) => void;
}

export const defaultRetry: RetryPolicy = { retries: 8, firstDelayMs: 500, maxDelayMs: 30_000 };

/** Less is no progress: a server that sends a byte and hangs up would be asked for ever. */
const PROGRESS_BYTES = 64 * 1024;

/** The wait before an attempt: it doubles, half of it at random, so that many clients do not come back at once. */
function waitBefore(attempt: number, { firstDelayMs, maxDelayMs }: RetryPolicy, leastMs: number): number {
  const full = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
  return Math.max(Math.min(leastMs, 2 * maxDelayMs), full / 2 + Math.random() * (full / 2));
}

/** Counts failed attempts, and waits or throws. */
class Attempts {
  #failed = 0;
  readonly #policy: RetryPolicy;
  readonly #signal: AbortSignal;

  constructor(policy: RetryPolicy, signal: AbortSignal) {
    this.#policy = policy;
    this.#signal = signal;
  }

  progressed(): void {
    this.#failed = 0;
  }

  async failed(error: unknown): Promise<void> {
    this.#signal.throwIfAborted();
    this.#failed += 1;
    if (!(error instanceof ImportError) || !error.retryable || this.#failed > this.#policy.retries) throw error;
    const waitMs = waitBefore(this.#failed, this.#policy, error.waitMs);
    this.#policy.onRetry?.(error, this.#failed, waitMs);
    await delay(waitMs, undefined, { signal: this.#signal });
  }
}

/** Does something, again after a retryable ImportError, and throws the last one when it is too often. */
export async function withRetries<T>(action: () => Promise<T>, policy: RetryPolicy, signal: AbortSignal): Promise<T> {
  const attempts = new Attempts(policy, signal);
  for (;;) {
    try {
      return await action();
    } catch (error) {
      await attempts.failed(error);
    }
  }
}

/** Reads a source from an offset to its end, going on where it broke off. */
export async function* readWithRetries(
  source: ByteSource,
  offsetBytes: number,
  policy: RetryPolicy,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const attempts = new Attempts(policy, signal);
  let at = offsetBytes;
  let progressAt = at;
  for (;;) {
    try {
      for await (const chunk of source.read(at, signal)) {
        // Counted first: the chunk is the consumer's once it is handed over.
        at += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (at - progressAt >= PROGRESS_BYTES) attempts.progressed();
      progressAt = at;
      await attempts.failed(error);
    }
  }
}
