import { bytes, type CgroupMemory, type ContainerIdentity, ratio } from '../../model/index.js';
import { printable } from '../../words/printable.js';
import { say, type Words } from './words.js';

/** One cgroup of the node. */
export interface TopRow {
  readonly identity: ContainerIdentity;
  readonly memory: CgroupMemory;
}

/** The columns, by the ends of their headers' keys; `--sort-by` takes them too. */
export type TopColumnId =
  | 'pod'
  | 'container'
  | 'name'
  | 'memory'
  | 'usage'
  | 'limit'
  | 'percent'
  | 'anon'
  | 'file'
  | 'dirty'
  | 'shmem'
  | 'kernel'
  | 'swap'
  | 'peak'
  | 'hits'
  | 'oom-kills'
  | 'path';

/** A column holds a text, or a number of some kind. */
export interface TopColumn {
  readonly id: TopColumnId;
  readonly text?: (row: TopRow) => string | undefined;
  readonly kind?: 'bytes' | 'ratio' | 'count';
  readonly value?: (row: TopRow) => number | undefined;
  /** In a narrow terminal columns are left out from the lowest number up; without one a column always stays. */
  readonly leftOut?: number;
}

const SHORT_ID = 12;

/** Every column there is. */
const topColumns: readonly TopColumn[] = [
  { id: 'pod', text: ({ identity }) => identity.podName ?? identity.podUid },
  { id: 'container', text: ({ identity }) => identity.containerName ?? identity.containerId?.slice(0, SHORT_ID) },
  { id: 'name', text: ({ memory }) => memory.path },
  { id: 'memory', kind: 'bytes', value: ({ memory }) => memory.workingSetBytes },
  { id: 'usage', kind: 'bytes', leftOut: 1, value: ({ memory }) => memory.usage.usageBytes },
  { id: 'limit', kind: 'bytes', value: ({ memory }) => memory.effectiveLimit?.bytes },
  { id: 'percent', kind: 'ratio', value: ({ memory }) => shareOfLimit(memory) },
  { id: 'anon', kind: 'bytes', value: ({ memory }) => memory.usage.anonBytes },
  { id: 'file', kind: 'bytes', leftOut: 2, value: ({ memory }) => memory.usage.file?.totalBytes },
  { id: 'dirty', kind: 'bytes', value: ({ memory }) => dirtyBytes(memory) },
  { id: 'shmem', kind: 'bytes', leftOut: 4, value: ({ memory }) => memory.usage.shmemBytes },
  { id: 'kernel', kind: 'bytes', leftOut: 3, value: ({ memory }) => memory.usage.kernel?.totalBytes },
  { id: 'swap', kind: 'bytes', value: ({ memory }) => memory.usage.swapBytes },
  { id: 'peak', kind: 'bytes', value: ({ memory }) => memory.usage.peakBytes },
  { id: 'hits', kind: 'count', value: ({ memory }) => memory.counters.memory.hits },
  { id: 'oom-kills', kind: 'count', value: ({ memory }) => memory.events.oom_kill },
  { id: 'path', text: ({ memory }) => memory.path },
];

const ALWAYS: readonly TopColumnId[] = ['memory', 'usage', 'limit', 'percent', 'anon', 'file', 'dirty', 'shmem', 'kernel'];
const WIDE: readonly TopColumnId[] = ['swap', 'peak', 'hits', 'oom-kills'];

/** The columns for these rows: pod and container where every row is a container, else the cgroup's path. */
export function columnsFor(rows: readonly TopRow[], wide: boolean): TopColumn[] {
  const containers = rows.length > 0 && rows.every(({ identity }) => identity.level === 'container');
  const names: readonly TopColumnId[] = containers ? ['pod', 'container'] : ['name'];
  const ids = [...names, ...ALWAYS, ...(wide ? [...WIDE, ...(containers ? (['path'] as const) : [])] : [])];
  return ids.flatMap((id) => topColumns.filter((column) => column.id === id));
}

/** Rows by one column: numbers from the largest, texts from A; what has no value comes last. */
export function sortRows(rows: readonly TopRow[], id: TopColumnId): TopRow[] {
  const column = topColumns.find((candidate) => candidate.id === id);
  return [...rows].sort((a, b) => {
    const byText = (column?.text?.(a) ?? '\uffff').localeCompare(column?.text?.(b) ?? '\uffff', 'en');
    const byNumber = (column?.value?.(b) ?? -1) - (column?.value?.(a) ?? -1);
    return byNumber || byText || (a.memory.path < b.memory.path ? -1 : 1);
  });
}

/** A cell as text; what the kernel does not tell is a dash. */
export function topCell(row: TopRow, { text, kind, value }: TopColumn, words: Words): string {
  if (text !== undefined) return printable(text(row) ?? words.label('none'));
  const number = value?.(row);
  if (number === undefined) return words.label('none');
  const shown = kind === 'bytes' ? bytes(number) : kind === 'ratio' ? ratio(number) : number;
  return words.render(say('value', { value: shown }));
}

/** The usage as a part of the limit; of a limit that is an ancestor's, the cgroup's own part. */
function shareOfLimit({ counters, effectiveLimit }: CgroupMemory): number | undefined {
  if (effectiveLimit === undefined) return undefined;
  return effectiveLimit.bytes === 0 ? 1 : counters.memory.usageBytes / effectiveLimit.bytes;
}

function dirtyBytes({ usage: { file } }: CgroupMemory): number | undefined {
  if (file?.dirtyBytes === undefined) return undefined;
  return file.dirtyBytes + (file.writebackBytes ?? 0);
}
