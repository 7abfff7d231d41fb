import { isGzip } from '../streams/gunzip.js';
import type { ByteStream } from './byte-stream.js';
import { collectBytes, gunzip, peek } from './byte-stream.js';
import type { OtherHeapFormat } from './detect.js';
import { DETECTION_BYTES, detectHeapFormat } from './detect.js';
import { HeapProfileError } from './errors.js';
import type { GoRuntimeMemory } from './go-runtime.js';
import { parseGoRuntimeMemory } from './go-runtime.js';
import type { HeapProfile } from './heap-profile.js';
import type { JavaClassHistogram } from './java-histogram.js';
import { parseClassHistogram } from './java-histogram.js';
import type { JavaNativeMemory } from './java-native-memory.js';
import { parseNativeMemory } from './java-native-memory.js';
import { decodeHeapProfile } from './pprof-decode.js';
import type { SnapshotOptions, V8HeapSnapshot } from './v8-snapshot.js';
import { readHeapSnapshot } from './v8-snapshot.js';

/** What a file or URL turned out to hold. */
export type HeapDocument =
  | { readonly format: 'pprof'; readonly profile: HeapProfile }
  | { readonly format: 'go-runtime'; readonly memory: GoRuntimeMemory }
  | { readonly format: 'v8-snapshot'; readonly snapshot: V8HeapSnapshot }
  | { readonly format: 'java-native-memory'; readonly memory: JavaNativeMemory }
  | { readonly format: 'java-class-histogram'; readonly histogram: JavaClassHistogram };

/** All formats but snapshots are held whole while they are parsed; the largest real ones are some megabytes. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/**
 * Finds out what a stream of bytes is and reads it. Any of the formats may be gzip compressed.
 * Throws HeapProfileError: `empty`, `unknown-format`, `unsupported-format`, or what the format's own parser throws.
 */
export async function readHeapDocument(source: ByteStream, options: SnapshotOptions = {}): Promise<HeapDocument> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    return await readFormat({ [Symbol.asyncIterator]: () => chunks }, options);
  } finally {
    // An input that is refused after its first bytes must not leave its file or connection open.
    await chunks.return?.();
  }
}

async function readFormat(source: ByteStream, options: SnapshotOptions): Promise<HeapDocument> {
  const outer = await peek(source, DETECTION_BYTES);
  const { head, stream } = isGzip(outer.head) ? await peek(gunzip(outer.stream), DETECTION_BYTES) : outer;
  if (head.length === 0) throw new HeapProfileError('empty', 'the input is empty');

  const hold = (): Promise<Uint8Array> => collectBytes(stream, MAX_HELD_BYTES);
  const text = async (): Promise<string> => new TextDecoder().decode(await hold());
  const format = detectHeapFormat(head);
  switch (format) {
    case 'pprof':
      return { format, profile: await decodeHeapProfile(await hold()) };
    case 'go-runtime':
      return { format, memory: parseGoRuntimeMemory(await text()) };
    case 'v8-snapshot':
      return { format, snapshot: await readHeapSnapshot(stream, options) };
    case 'java-native-memory':
      return { format, memory: parseNativeMemory(await text()) };
    case 'java-class-histogram':
      return { format, histogram: parseClassHistogram(await text()) };
    default:
      throw unreadableFormat(format);
  }
}

function unreadableFormat(format: OtherHeapFormat | undefined): HeapProfileError {
  switch (format) {
    case 'gzip':
      return new HeapProfileError('unsupported-format', 'the input is compressed twice');
    case 'java-heap-dump':
      return new HeapProfileError(
        'unsupported-format',
        'Java heap dumps (.hprof) are not read; use the text of jcmd PID GC.class_histogram',
      );
    case 'v8-sampling-profile':
      return new HeapProfileError('unsupported-format', 'V8 sampling profiles are not read; use v8.writeHeapSnapshot()');
    default:
      return new HeapProfileError(
        'unknown-format',
        'not a pprof heap profile, heap?debug=1 text, V8 heap snapshot, native memory report or class histogram',
      );
  }
}
