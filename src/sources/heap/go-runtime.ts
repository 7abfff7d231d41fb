import { HeapProfileError } from './errors.js';

/** The header of the text form: what the sampling profiler recorded, not scaled up to what was allocated. */
export interface GoSampledTotals {
  readonly inuseObjects: number;
  readonly inuseBytes: number;
  readonly allocObjects: number;
  readonly allocBytes: number;
  /** One allocation in this many bytes is recorded: runtime.MemProfileRate. */
  readonly periodBytes?: number;
}

/**
 * What the Go runtime says of its own memory (runtime.MemStats; the fields and their meaning: src/runtime/mstats.go, Go 1.19).
 * Unlike a profile these are exact. Every size is in bytes; a figure the text does not have is absent.
 */
export interface GoRuntimeMemory {
  readonly sampled?: GoSampledTotals;
  /** Live objects and those not yet swept. */
  readonly heapAllocBytes?: number;
  /** Spans with at least one object. Less heapAllocBytes this is fragmentation. */
  readonly heapInuseBytes?: number;
  /** Spans without objects. Those not released are still resident: the collector keeps them for reuse. */
  readonly heapIdleBytes?: number;
  /** Idle spans given back to the kernel; not resident. */
  readonly heapReleasedBytes?: number;
  /** Address space reserved for the heap: in use and idle. */
  readonly heapSysBytes?: number;
  readonly heapObjects?: number;
  readonly stackInuseBytes?: number;
  readonly stackSysBytes?: number;
  readonly mspanInuseBytes?: number;
  readonly mspanSysBytes?: number;
  readonly mcacheInuseBytes?: number;
  readonly mcacheSysBytes?: number;
  /** The profiler's own hash table. */
  readonly buckHashSysBytes?: number;
  readonly gcSysBytes?: number;
  readonly otherSysBytes?: number;
  /** All the runtime obtained from the kernel, released or not. */
  readonly sysBytes?: number;
  /** Sum of all allocations ever made. */
  readonly totalAllocBytes?: number;
  /** The heap size at which the next collection starts. */
  readonly nextGcBytes?: number;
  readonly gcCount?: number;
  /** When the last collection ended, ISO 8601 in UTC. */
  readonly lastGcAt?: string;
  /** The process's peak RSS as getrusage told. */
  readonly maxRssBytes?: number;
}

type GoFigure = Exclude<keyof GoRuntimeMemory, 'sampled' | 'lastGcAt'>;

/** `# Name = value` lines. */
const SINGLE: ReadonlyMap<string, GoFigure> = new Map([
  ['HeapAlloc', 'heapAllocBytes'],
  ['HeapInuse', 'heapInuseBytes'],
  ['HeapIdle', 'heapIdleBytes'],
  ['HeapReleased', 'heapReleasedBytes'],
  ['HeapSys', 'heapSysBytes'],
  ['HeapObjects', 'heapObjects'],
  ['BuckHashSys', 'buckHashSysBytes'],
  ['GCSys', 'gcSysBytes'],
  ['OtherSys', 'otherSysBytes'],
  ['Sys', 'sysBytes'],
  ['TotalAlloc', 'totalAllocBytes'],
  ['NextGC', 'nextGcBytes'],
  ['NumGC', 'gcCount'],
  ['MaxRSS', 'maxRssBytes'],
]);

/** `# Name = in use / obtained` lines. */
const PAIRED: ReadonlyMap<string, readonly [GoFigure, GoFigure]> = new Map([
  ['Stack', ['stackInuseBytes', 'stackSysBytes']],
  ['MSpan', ['mspanInuseBytes', 'mspanSysBytes']],
  ['MCache', ['mcacheInuseBytes', 'mcacheSysBytes']],
]);

const HEADER = /^heap profile: (\d{1,19}): (\d{1,19}) \[(\d{1,19}): (\d{1,19})\] @ heap(?:\/(\d{1,19}))?/;
const FIGURE = /^# (\w+) = (\d{1,19})(?: \/ (\d{1,19}))?$/;
const LAST_FIGURE = /^# DebugGC = /m;

/**
 * Reads the text of Go's `/debug/pprof/heap?debug=1` (runtime/pprof, writeHeapInternal): the header line and the figures after
 * `# runtime.MemStats`. The stacks between them are left to the protobuf form, which has them scaled.
 * Throws HeapProfileError `empty`, `not-a-heap-profile`, or `truncated` when the stacks are there and the figures are not.
 */
export function parseGoRuntimeMemory(text: string): GoRuntimeMemory {
  if (text.trim() === '') throw new HeapProfileError('empty', 'the heap profile text is empty');
  const figures: { -readonly [name in GoFigure]?: number } = {};
  let sampled: GoSampledTotals | undefined;
  let lastGcAt: string | undefined;
  for (const line of wholeLines(text)) {
    sampled ??= parseHeader(line);
    const figure = FIGURE.exec(line);
    if (!figure) continue;
    const [, name = '', first = '', second] = figure;
    const single = SINGLE.get(name);
    const pair = PAIRED.get(name);
    if (single && second === undefined) figures[single] = Number(first);
    else if (pair && second !== undefined) {
      figures[pair[0]] = Number(first);
      figures[pair[1]] = Number(second);
    } else if (name === 'LastGC') lastGcAt = nanosecondsToIso(first);
  }
  if (Object.keys(figures).length === 0) {
    if (sampled) throw new HeapProfileError('truncated', 'the heap profile text ends before the runtime.MemStats figures');
    throw new HeapProfileError('not-a-heap-profile', 'the text has no "heap profile:" line and no runtime.MemStats figures');
  }
  return { ...(sampled && { sampled }), ...figures, ...(lastGcAt !== undefined && { lastGcAt }) };
}

/** A download that broke off may end inside a number, so the last line counts only if it is complete. */
function wholeLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return LAST_FIGURE.test(text) ? lines : lines.slice(0, -1);
}

function parseHeader(line: string): GoSampledTotals | undefined {
  const header = HEADER.exec(line);
  if (!header) return undefined;
  const [inuseObjects = 0, inuseBytes = 0, allocObjects = 0, allocBytes = 0, doublePeriod = 0] = header
    .slice(1)
    .map((value) => Number(value ?? 0));
  // The number after heap/ is twice the rate, for the sake of pprof's older reader (writeHeapInternal).
  const periodBytes = doublePeriod / 2;
  return { inuseObjects, inuseBytes, allocObjects, allocBytes, ...(periodBytes > 0 && { periodBytes }) };
}

/** 0 when there was no collection yet. */
function nanosecondsToIso(digits: string): string | undefined {
  const milliseconds = Number(BigInt(digits) / 1_000_000n);
  return milliseconds > 0 ? new Date(milliseconds).toISOString() : undefined;
}

/**
 * What the runtime should have resident: all it obtained less what it gave back. Memory from cgo and mmap is not in it.
 * Absent unless both figures are there.
 */
export function goResidentBytes(memory: GoRuntimeMemory): number | undefined {
  if (memory.sysBytes === undefined || memory.heapReleasedBytes === undefined) return undefined;
  return Math.max(0, memory.sysBytes - memory.heapReleasedBytes);
}
