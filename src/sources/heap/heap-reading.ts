import type { HeapDocument } from './document.js';
import { readHeapDocument } from './document.js';
import { HeapProfileError } from './errors.js';
import type { GoRuntimeMemory } from './go-runtime.js';
import { goRuntimeUrl, isUrl, readHeap } from './readers.js';

/** Reads heap data from a file, an http(s) URL, or `-` for standard input. Throws HeapProfileError. */
export async function readHeapLocation(location: string, stdin: AsyncIterable<Uint8Array>): Promise<HeapDocument> {
  return location === '-' ? readHeapDocument(stdin) : readHeap(location);
}

/**
 * The Go runtime's own figures beside the profile at a URL of net/http/pprof. Undefined for another location, and when the
 * server does not give them: the profile is an answer without.
 */
export async function readGoRuntime(location: string): Promise<GoRuntimeMemory | undefined> {
  if (!isUrl(location) || !/\/debug\/pprof\/(?:heap|allocs)(?:[?#]|$)/.test(location)) return undefined;
  try {
    const document = await readHeap(goRuntimeUrl(location));
    return document.format === 'go-runtime' ? document.memory : undefined;
  } catch (error) {
    if (error instanceof HeapProfileError) return undefined;
    throw error;
  }
}
