import { createReadStream } from 'node:fs';
import { MIB } from '../../model/index.js';
import { collectBytes, streamOf } from '../heap/byte-stream.js';
import { readHeapDocument } from '../heap/document.js';
import { HeapProfileError } from '../heap/errors.js';
import { fetchBytes, isUrl } from '../heap/readers.js';
import { shownLocation } from '../secrets/url.js';
import type { BundleFile } from './files.js';

const MAX_HEAP_BYTES = 64 * MIB;

/**
 * A heap profile from a file or URL, or why it is missing. Snapshots of V8 hold every string of the program, secrets among
 * them: they are not taken in. Rejects with the abort reason.
 */
export async function collectHeap(location: string, number: number, signal: AbortSignal): Promise<BundleFile> {
  const file = { name: `heap/${number}`, source: shownLocation(location) };
  try {
    const stream = isUrl(location)
      ? fetchBytes(location, { fetch: abortableFetch(signal) })
      : (createReadStream(location) as AsyncIterable<Uint8Array>);
    const content = await collectBytes(stream, MAX_HEAP_BYTES);
    const { format } = await readHeapDocument(streamOf(content));
    if (format === 'v8-snapshot') return { ...file, missing: 'a V8 heap snapshot holds the strings of the program' };
    return { ...file, content };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HeapProfileError) return { ...file, missing: error.code };
    if (error instanceof Error && 'code' in error) return { ...file, missing: String(error.code) };
    throw error;
  }
}

function abortableFetch(signal: AbortSignal): typeof globalThis.fetch {
  return (input, init) => {
    const both = AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]);
    return globalThis.fetch(input, { ...init, signal: both });
  };
}
