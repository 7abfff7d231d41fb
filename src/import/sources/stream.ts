import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { errnoOf, ImportError } from '../error.js';
import type { ByteSource } from './source.js';

/** What can be read once, from the start: standard input, a named pipe, or a character device. */
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
      try {
        yield* addAbortSignal(signal, path === undefined ? input : openStream(path)) as AsyncIterable<Uint8Array>;
      } catch (error) {
        signal.throwIfAborted();
        throw new ImportError('source-io', { source: shown, reason: errnoOf(error) ?? String(error) }, { cause: error });
      }
    },
    close: async () => undefined,
  };
}

/** A pipe is opened without waiting for who writes to it, and read by events: nothing ends a thread that waits in open(2) or read(2). */
function openStream(path: string): Readable {
  if (!statSync(path).isFIFO()) return createReadStream(path, { highWaterMark: 1024 * 1024 });
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
}
