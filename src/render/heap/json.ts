import { apiVersion, type JsonStyle, type Statement, statement } from '../../api/index.js';
import type { GoRuntimeMemory } from '../../sources/heap/go-runtime.js';
import type { HeapContents, HeapFindings } from '../../sources/heap/heap-findings.js';
import type { HeapSampleType } from '../../sources/heap/heap-profile.js';
import type { JavaClassCount } from '../../sources/heap/java-histogram.js';
import type { JavaNativeMemory } from '../../sources/heap/java-native-memory.js';
import type { TopFunction } from '../../sources/heap/top-functions.js';
import type { V8ClassSize } from '../../sources/heap/v8-snapshot-reader.js';

/** A heap report in the form of the JSON API. Values of functions are in the sample type's unit. */
export interface HeapReport {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'HeapReport';
  readonly source: string;
  readonly format: HeapContents['format'];
  /** When the profile was taken, ISO 8601 in UTC. */
  readonly takenAt?: string;
  /** Live bytes of the heap; left out when the input does not tell. */
  readonly inuseBytes?: number;
  readonly verdict?: Statement;
  readonly sampleType?: HeapSampleType;
  readonly isDifference?: boolean;
  /** The whole profile, of which the functions' ratios are. */
  readonly total?: number;
  /** Empty for formats that know no functions. */
  readonly functions: readonly TopFunction[];
  readonly classes?: readonly (V8ClassSize | JavaClassCount)[];
  readonly runtime?: GoRuntimeMemory;
  readonly nativeMemory?: JavaNativeMemory;
  readonly warnings: readonly Statement[];
}

export function toHeapReport(findings: HeapFindings, style: JsonStyle): HeapReport {
  const { source, contents, inuseBytes, verdict, notes } = findings;
  const takenAt = contents.format === 'pprof' ? contents.takenAt : undefined;
  return {
    apiVersion,
    kind: 'HeapReport',
    source,
    format: contents.format,
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(inuseBytes === undefined ? {} : { inuseBytes }),
    ...(verdict === undefined ? {} : { verdict: statement(verdict, style) }),
    functions: [],
    ...body(contents),
    warnings: notes.map((note) => statement(note, style)),
  };
}

function body(contents: HeapContents): Partial<HeapReport> {
  switch (contents.format) {
    case 'pprof': {
      const { top, isDifference, runtime } = contents;
      const { sampleType, total, rows } = top;
      return { sampleType, isDifference, total, functions: rows, ...(runtime === undefined ? {} : { runtime }) };
    }
    case 'go-runtime':
      return { runtime: contents.runtime };
    case 'v8-snapshot':
      return { classes: contents.classes };
    case 'java-native-memory':
      return { nativeMemory: contents.memory };
    case 'java-class-histogram':
      return { classes: contents.classes };
  }
}
