import type { GoRuntimeMemory } from '../../sources/heap/go-runtime.js';
import type { HeapContents } from '../../sources/heap/heap-findings.js';
import type { JavaNativeMemory, NativeMemoryAmount } from '../../sources/heap/java-native-memory.js';
import type { TopFunction, TopFunctions } from '../../sources/heap/top-functions.js';
import type { LabelKey } from '../../words/messages/index.js';
import type { Words } from '../view/words.js';
import { runtimeFigures } from './go-runtime.js';

/** A table as text: its columns with their alignment, and its cells. The last column may be cut to fit. */
export interface HeapTable {
  readonly columns: readonly { readonly label: LabelKey; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** How values are shown. */
export interface HeapUnits {
  readonly size: (bytes: number) => string;
  readonly count: (count: number) => string;
  readonly words: Words;
}

/** The table of a document: functions, constructors, categories or classes, or the runtime's figures. */
export function heapTable(contents: HeapContents, units: HeapUnits): HeapTable {
  switch (contents.format) {
    case 'pprof':
      return functionTable(contents.top, units);
    case 'go-runtime':
      return runtimeTable(contents.runtime, units);
    case 'v8-snapshot':
      return constructorTable(contents, units);
    case 'java-native-memory':
      return categoryTable(contents.memory, units);
    case 'java-class-histogram':
      return classTable(contents, units);
  }
}

/** The columns of `go tool pprof -top`. */
function functionTable({ sampleType, rows }: TopFunctions, { size, count }: HeapUnits): HeapTable {
  const value = /^bytes?$/.test(sampleType.unit) ? size : count;
  return {
    columns: [
      right('heap.column.flat'),
      right('heap.column.flat-share'),
      right('heap.column.sum-share'),
      right('heap.column.cum'),
      right('heap.column.cum-share'),
      left('heap.column.function'),
    ],
    rows: rows.map((row) => [
      value(row.flat),
      share(row.flatRatio),
      share(row.sumRatio),
      value(row.cum),
      share(row.cumRatio),
      functionName(row),
    ]),
  };
}

/** Marked as pprof marks them. */
function functionName({ name, inlined }: TopFunction): string {
  if (inlined === undefined) return name;
  return `${name} ${inlined === 'all' ? '(inline)' : '(partial-inline)'}`;
}

function constructorTable(
  { snapshot, classes }: Extract<HeapContents, { format: 'v8-snapshot' }>,
  { size, count, words }: HeapUnits,
): HeapTable {
  const none = words.label('none');
  return {
    columns: [
      right('heap.column.retained'),
      right('heap.column.self'),
      right('heap.column.share'),
      right('heap.column.count'),
      left('heap.column.constructor'),
    ],
    rows: classes.map(({ name, count: objects, selfBytes, retainedBytes }) => [
      retainedBytes === undefined ? none : size(retainedBytes),
      size(selfBytes),
      share(snapshot.selfBytes === 0 ? 0 : selfBytes / snapshot.selfBytes),
      count(objects),
      name,
    ]),
  };
}

function categoryTable({ total, categories }: JavaNativeMemory, { size, words }: HeapUnits): HeapTable {
  const isDifference = total.committedGrowthBytes !== undefined;
  const cells = (name: string, amount: NativeMemoryAmount): string[] => [
    size(amount.committedBytes),
    ...(isDifference ? [amount.committedGrowthBytes === undefined ? '' : signed(amount.committedGrowthBytes, size)] : []),
    size(amount.reservedBytes),
    name,
  ];
  return {
    columns: [
      right('heap.column.committed'),
      ...(isDifference ? [right('heap.column.growth')] : []),
      right('heap.column.reserved'),
      left('heap.column.category'),
    ],
    rows: [
      ...[...categories].sort((a, b) => b.committedBytes - a.committedBytes).map((category) => cells(category.name, category)),
      cells(words.label('heap.native.total'), total),
    ],
  };
}

function signed(bytes: number, size: HeapUnits['size']): string {
  return bytes > 0 ? `+${size(bytes)}` : size(bytes);
}

function classTable(
  { histogram, classes }: Extract<HeapContents, { format: 'java-class-histogram' }>,
  { size, count }: HeapUnits,
): HeapTable {
  return {
    columns: [right('heap.column.bytes'), right('heap.column.share'), right('heap.column.instances'), left('heap.column.class')],
    rows: classes.map(({ className, module, instances, bytes }) => [
      size(bytes),
      share(histogram.bytes === 0 ? 0 : bytes / histogram.bytes),
      count(instances),
      module === undefined ? className : `${className} (${module})`,
    ]),
  };
}

/** The Go runtime's own figures. */
export function runtimeTable(memory: GoRuntimeMemory, { size, words }: HeapUnits): HeapTable {
  return {
    columns: [right('heap.column.bytes'), left('heap.column.figure'), left('heap.column.meaning')],
    rows: runtimeFigures(memory).map(({ name, bytes, meaning }) => [size(bytes), name, words.label(meaning)]),
  };
}

function share(ratio: number): string {
  return `${(ratio * 100).toFixed(2)}%`;
}

function left(label: LabelKey): HeapTable['columns'][number] {
  return { label, align: 'left' };
}

function right(label: LabelKey): HeapTable['columns'][number] {
  return { label, align: 'right' };
}
