import { bytes, type Message, message } from '../../model/index.js';
import { diffProfiles } from './diff-profiles.js';
import type { HeapDocument } from './document.js';
import { HeapProfileError } from './errors.js';
import type { GoRuntimeMemory } from './go-runtime.js';
import type { JavaClassHistogram } from './java-histogram.js';
import type { JavaNativeMemory } from './java-native-memory.js';
import { type TopFunctions, topFunctions } from './top-functions.js';
import { topConstructors, type V8HeapSnapshot } from './v8-snapshot.js';
import type { V8ClassSize } from './v8-snapshot-reader.js';
import { type HeapShares, heapVerdict } from './verdict.js';

/** What a heap document holds, in the order and number asked for. */
export type HeapContents =
  | {
      readonly format: 'pprof';
      readonly top: TopFunctions;
      /** Values are differences from a base. */
      readonly isDifference: boolean;
      /** When the profile was taken, ISO 8601 in UTC. */
      readonly takenAt?: string;
      /** One allocation in this many bytes was recorded. */
      readonly periodBytes?: number;
      /** The runtime's own figures, where they could be had beside the profile. */
      readonly runtime?: GoRuntimeMemory;
    }
  | { readonly format: 'go-runtime'; readonly runtime: GoRuntimeMemory }
  | {
      readonly format: 'v8-snapshot';
      readonly snapshot: V8HeapSnapshot;
      readonly sort: 'self' | 'retained';
      readonly classes: readonly V8ClassSize[];
    }
  | { readonly format: 'java-native-memory'; readonly memory: JavaNativeMemory }
  | {
      readonly format: 'java-class-histogram';
      readonly histogram: JavaClassHistogram;
      readonly classes: JavaClassHistogram['classes'];
    };

/** A heap document ready to be shown, held against the memory of its process and cgroup. */
export interface HeapFindings {
  /** What was read, safe to show: a URL without user, password and query. */
  readonly source: string;
  readonly contents: HeapContents;
  /** Live bytes of the heap; absent when the document does not tell. For Java's native memory, what the heap has committed. */
  readonly inuseBytes?: number;
  /** Whether there is nothing in it. */
  readonly isEmpty: boolean;
  /** Absent when nothing was given to hold the heap against. */
  readonly verdict?: Message;
  readonly notes: readonly Message[];
}

export interface HeapChoice {
  /** Functions to order by flat or cum, classes by their own or their retained size; the formats' defaults unless given. */
  readonly sort?: 'flat' | 'cum';
  readonly classSort?: 'self' | 'retained';
  /** `inuse_space`, `alloc_space`, `inuse_objects`, `alloc_objects`. */
  readonly sampleType?: string;
  /** Rows at most; all unless given. */
  readonly count?: number;
}

export interface HeapInputs {
  readonly source: string;
  readonly document: HeapDocument;
  readonly base?: HeapDocument;
  readonly runtime?: GoRuntimeMemory;
}

/**
 * Orders what a heap document holds and holds it against `shares`. Throws HeapProfileError `no-such-sample-type`, and
 * `incompatible-profiles` for a base that cannot be subtracted.
 */
export function heapFindings(
  { source, document, base, runtime }: HeapInputs,
  shares: Omit<HeapShares, 'heapBytes'>,
  choice: HeapChoice,
): HeapFindings {
  const contents = contentsOf(document, base, runtime, choice);
  const inuseBytes = inuseBytesOf(document, runtime);
  const isComparable = shares.rssBytes !== undefined || shares.chargedBytes !== undefined;
  return {
    source,
    contents,
    ...(inuseBytes === undefined ? {} : { inuseBytes }),
    isEmpty: isEmpty(contents),
    ...(inuseBytes === undefined || !isComparable ? {} : { verdict: heapVerdict({ ...shares, heapBytes: inuseBytes }) }),
    notes: notesOf(contents, isComparable && inuseBytes === undefined),
  };
}

function contentsOf(
  document: HeapDocument,
  base: HeapDocument | undefined,
  runtime: GoRuntimeMemory | undefined,
  { sort, classSort, sampleType, count }: HeapChoice,
): HeapContents {
  if (base !== undefined && (document.format !== 'pprof' || base.format !== 'pprof')) {
    throw new HeapProfileError('incompatible-profiles', `a ${base.format} base cannot be subtracted from ${document.format}`);
  }
  const most = count ?? Number.MAX_SAFE_INTEGER;
  switch (document.format) {
    case 'pprof': {
      const { profile } = document;
      const { takenAt, periodBytes } = profile;
      const shown = base?.format === 'pprof' ? diffProfiles(base.profile, profile) : profile;
      return {
        format: 'pprof',
        isDifference: base !== undefined,
        top: topFunctions(shown, {
          ...(sampleType === undefined ? {} : { sampleType }),
          ...(sort === undefined ? {} : { sort }),
          ...(count === undefined ? {} : { nodeCount: count }),
        }),
        ...(takenAt === undefined ? {} : { takenAt }),
        ...(periodBytes === undefined ? {} : { periodBytes }),
        ...(runtime === undefined ? {} : { runtime }),
      };
    }
    case 'go-runtime':
      return { format: 'go-runtime', runtime: document.memory };
    case 'v8-snapshot': {
      const { snapshot } = document;
      const by = classSort ?? (snapshot.retained.computed ? 'retained' : 'self');
      return { format: 'v8-snapshot', snapshot, sort: by, classes: topConstructors(snapshot, { sort: by, count: most }) };
    }
    case 'java-native-memory':
      return document;
    case 'java-class-histogram':
      return { ...document, classes: document.histogram.classes.slice(0, most) };
  }
}

/** The runtime's exact figure goes before a profile's estimate. */
function inuseBytesOf(document: HeapDocument, runtime: GoRuntimeMemory | undefined): number | undefined {
  switch (document.format) {
    case 'pprof': {
      if (runtime?.heapAllocBytes !== undefined) return runtime.heapAllocBytes;
      const { sampleTypes } = document.profile;
      const isInuse = sampleTypes.some(({ type }) => type === 'inuse_space' || type === 'space');
      return isInuse ? topFunctions(document.profile, { sampleType: 'inuse_space' }).total : undefined;
    }
    case 'go-runtime':
      return document.memory.heapAllocBytes;
    case 'v8-snapshot':
      return document.snapshot.selfBytes;
    case 'java-native-memory':
      // An upper bound of the live heap: what is committed may be free inside the heap.
      return document.memory.categories.find(({ name }) => name === 'Java Heap')?.committedBytes;
    case 'java-class-histogram':
      return document.histogram.bytes;
  }
}

function isEmpty(contents: HeapContents): boolean {
  switch (contents.format) {
    case 'pprof':
      return contents.top.total === 0 && contents.runtime === undefined;
    case 'v8-snapshot':
      return contents.snapshot.nodeCount === 0;
    default:
      return false;
  }
}

function notesOf(contents: HeapContents, isUncomparable: boolean): Message[] {
  const notes: Message[] = [];
  if (isUncomparable) notes.push(message('heap.report.no-live-size'));
  if (contents.format === 'v8-snapshot' && !contents.snapshot.retained.computed) {
    const { neededBytes, boundBytes } = contents.snapshot.retained;
    notes.push(message('heap.retained.not-computed', { neededBytes: bytes(neededBytes), boundBytes: bytes(boundBytes) }));
  }
  if (contents.format === 'java-class-histogram' && !contents.histogram.complete) {
    notes.push(message('heap.report.histogram-cut'));
  }
  if (contents.format === 'pprof' && (contents.periodBytes ?? 1) > 1) {
    notes.push(message('heap.report.sampled', { period: bytes(contents.periodBytes ?? 1) }));
  }
  return notes;
}
