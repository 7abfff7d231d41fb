import { GIB, KIB, MIB } from '../../model/bytes.js';
import { HeapProfileError } from './errors.js';

/** One line of Native Memory Tracking. Reserved is address space; committed is what can be resident. */
export interface NativeMemoryAmount {
  readonly reservedBytes: number;
  readonly committedBytes: number;
  /** Growth since the baseline; only in the output of `summary.diff`. */
  readonly reservedGrowthBytes?: number;
  readonly committedGrowthBytes?: number;
}

export interface NativeMemoryCategory extends NativeMemoryAmount {
  /** As the JVM names it: `Java Heap`, `Class`, `Thread`, `Code`, `GC`, `Other` (direct buffers among them). */
  readonly name: string;
  readonly threads?: number;
  readonly classes?: number;
}

/** The JVM's account of its own memory. What native libraries allocate themselves is not in it. */
export interface JavaNativeMemory {
  readonly total: NativeMemoryAmount;
  readonly categories: readonly NativeMemoryCategory[];
  /** All figures are rounded to this: 1024 bytes unless `scale=` was given. Categories below it are left out by the JVM. */
  readonly scaleBytes: number;
}

type Writable<T> = { -readonly [name in keyof T]: T[name] };

const SCALES: Readonly<Record<string, number>> = { '': 1, B: 1, KB: KIB, MB: MIB, GB: GIB };
const AMOUNT =
  /reserved=(\d{1,18})([KMG]?B?)(?: ([+-]\d{1,18})[KMG]?B?)?, committed=(\d{1,18})[KMG]?B?(?: ([+-]\d{1,18})[KMG]?B?)?/;
const TOTAL = /^ *Total: *reserved=/;
const CATEGORY = /^- {1,40}(\S[^()]{0,80}?) \(reserved=/;
const THREADS = /^ *\(thread(?:s)? #(\d{1,9})/;
const CLASSES = /^ *\(classes #(\d{1,9})/;

/**
 * Reads what `jcmd PID VM.native_memory summary` prints, in any scale, and `summary.diff`
 * (src/hotspot/share/services/memReporter.cpp, JDK 17). Lines before the report, as a shell or kubectl adds, are skipped.
 * Throws HeapProfileError: `empty`, `not-a-heap-profile`, `truncated` when the report ends before its first category.
 */
export function parseNativeMemory(text: string): JavaNativeMemory {
  if (text.trim() === '') throw new HeapProfileError('empty', 'the native memory report is empty');
  if (/^ *Native memory tracking is not enabled/m.test(text)) {
    throw new HeapProfileError(
      'not-a-heap-profile',
      'native memory tracking is not enabled: start the JVM with -XX:NativeMemoryTracking=summary',
    );
  }
  let total: NativeMemoryAmount | undefined;
  let scaleBytes = KIB;
  const categories: Writable<NativeMemoryCategory>[] = [];
  for (const line of text.split(/\r?\n/)) {
    const name = CATEGORY.exec(line)?.[1];
    if (!total && TOTAL.test(line)) {
      const read = parseAmount(line);
      total = read?.amount;
      scaleBytes = read?.scaleBytes ?? scaleBytes;
    } else if (name !== undefined) {
      const read = parseAmount(line);
      if (read) categories.push({ name, ...read.amount });
    } else {
      addCounts(categories.at(-1), line);
    }
  }
  if (!total) throw new HeapProfileError('not-a-heap-profile', 'the text has no "Total: reserved=..., committed=..." line');
  if (categories.length === 0 && scaleBytes < GIB) {
    throw new HeapProfileError('truncated', 'the native memory report ends before its first category');
  }
  return { total, categories, scaleBytes };
}

function parseAmount(line: string): { amount: NativeMemoryAmount; scaleBytes: number } | undefined {
  const found = AMOUNT.exec(line);
  if (!found) return undefined;
  const [, reserved, unit = '', reservedGrowth, committed, committedGrowth] = found;
  const scaleBytes = SCALES[unit] ?? 1;
  const toBytes = (digits: string | undefined): number => Number(digits ?? 0) * scaleBytes;
  return {
    amount: {
      reservedBytes: toBytes(reserved),
      committedBytes: toBytes(committed),
      ...(reservedGrowth !== undefined && { reservedGrowthBytes: toBytes(reservedGrowth) }),
      ...(committedGrowth !== undefined && { committedGrowthBytes: toBytes(committedGrowth) }),
    },
    scaleBytes,
  };
}

function addCounts(category: Writable<NativeMemoryCategory> | undefined, line: string): void {
  if (!category) return;
  const threads = THREADS.exec(line)?.[1];
  const classes = CLASSES.exec(line)?.[1];
  if (threads !== undefined) category.threads = Number(threads);
  if (classes !== undefined) category.classes = Number(classes);
}
