import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { errnoOf, ImportError } from '../error.js';
import type { ByteSource } from './source.js';

/** What can be read once, from the start: standard input, or a named pipe. */
export function streamSource(path: string | undefined, input: Readable = process.stdin): ByteSource {
  const shown = path ?? '-';
  let isRead = false;
  return {
    shown,
    canRange: false,
    identity: {},
    read: async function* (offset, signal) {
      // Its beginning is gone.
      if (isRead || offset > 0) throw new ImportError('no-validator', { source: shown });
      isRead = true;
      const stream = path === undefined ? input : createReadStream(path, { highWaterMark: 1024 * 1024 });
      try {
        yield* addAbortSignal(signal, stream) as AsyncIterable<Uint8Array>;
      } catch (error) {
        signal.throwIfAborted();
        throw new ImportError('source-io', { source: shown, reason: errnoOf(error) ?? String(error) }, { cause: error });
      }
    },
    close: async () => undefined,
  };
}
