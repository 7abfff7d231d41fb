import { isGzip } from '../streams/gunzip.js';
import { looksLikeProfile } from './pprof-wire.js';

/** The formats this folder reads. */
export type HeapFormat = 'pprof' | 'go-runtime' | 'v8-snapshot' | 'java-native-memory' | 'java-class-histogram';

/** Formats that are recognised only to say so. */
export type OtherHeapFormat =
  /** Compressed: decompress and ask again. */
  | 'gzip'
  /** A Java heap dump (.hprof). */
  | 'java-heap-dump'
  /** What Node's --heap-prof writes. */
  | 'v8-sampling-profile';

/** How much of a file detectHeapFormat looks at: enough for what shells and kubectl print before a report. */
export const DETECTION_BYTES = 64 * 1024;

const TEXT_MARKS: readonly (readonly [RegExp, HeapFormat | OtherHeapFormat])[] = [
  [/^JAVA PROFILE 1\.0\./, 'java-heap-dump'],
  [/^\s*\{\s*"snapshot"\s*:/, 'v8-snapshot'],
  [/^\s*\{\s*"head"\s*:\s*\{\s*"callFrame"\s*:/, 'v8-sampling-profile'],
  [/^heap profile: +\d+: +\d+ \[ *\d+: +\d+\] @ /m, 'go-runtime'],
  [/^# runtime\.MemStats\r?$/m, 'go-runtime'],
  [/^ *Native Memory Tracking:/m, 'java-native-memory'],
  [/^ *Native memory tracking is not enabled/m, 'java-native-memory'],
  [/^ *num +#instances +#bytes +class name/m, 'java-class-histogram'],
];

/**
 * Which format a file is, by its content; undefined when it is none that is known. `bytes` may be just the beginning of the
 * file (DETECTION_BYTES are looked at). That a file looks like a format does not mean that it is whole.
 */
export function detectHeapFormat(bytes: Uint8Array): HeapFormat | OtherHeapFormat | undefined {
  if (isGzip(bytes)) return 'gzip';
  const head = bytes.subarray(0, DETECTION_BYTES);
  const text = new TextDecoder().decode(head);
  const marked = TEXT_MARKS.find(([mark]) => mark.test(text));
  if (marked) return marked[1];
  return looksLikeProfile(head) ? 'pprof' : undefined;
}
