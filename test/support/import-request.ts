import { join } from 'node:path';
import type { ImportRequest } from '../../src/import/run/request.js';
import type { RetryPolicy } from '../../src/import/sources/retry.js';
import type { ByteSource } from '../../src/import/sources/source.js';
import { defaultBounds } from '../../src/import/streams/bounds.js';
import { chunked } from './image-bytes.js';
import { temporaryDirectory } from './temporary-directory.js';

/** As the default policy, in less time. */
export const quickRetry: RetryPolicy = { retries: 3, firstDelayMs: 1, maxDelayMs: 4 };

/** A request with oomkit's defaults, for a file in a directory of its own where no target is named. */
export function importRequest(
  source: ByteSource,
  { target, ...choice }: Partial<Omit<ImportRequest, 'source'>> = {},
): ImportRequest {
  const directory = temporaryDirectory();
  return {
    source,
    location: source.shown,
    target: target ?? join(directory, 'disk.img'),
    cacheMode: 'auto',
    dirtyLimitBytes: 64 * 1024 * 1024,
    preallocation: 'off',
    allowOvercommit: false,
    verify: false,
    resume: false,
    force: false,
    stateDirectory: join(directory, 'state'),
    bounds: defaultBounds,
    retry: quickRetry,
    signal: new AbortController().signal,
    ...choice,
  };
}

/** A source of these bytes that can begin anywhere and knows itself by a digest. */
export function bytesSource(bytes: Uint8Array, choice: Partial<ByteSource> = {}): ByteSource {
  return {
    shown: 'test://disk',
    sizeBytes: bytes.length,
    canRange: true,
    identity: { sizeBytes: bytes.length, digest: 'sha256:test' },
    read: (offset) => chunked(bytes.subarray(offset), [100_000]),
    close: async () => undefined,
    ...choice,
  };
}

/** A source that can be read once, from the start, and does not know its size. */
export function streamedSource(bytes: Uint8Array, lengths: readonly number[] = [100_000]): ByteSource {
  return {
    shown: 'test://stream',
    canRange: false,
    identity: {},
    read: () => chunked(bytes, lengths),
    close: async () => undefined,
  };
}
