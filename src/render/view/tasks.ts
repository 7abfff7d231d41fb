import { bytes, KIB, type Message, type OomReport, type TaskRow } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { say } from './words.js';

/** A column of the task table: its header, its unit and a row's number in it. */
export interface TaskColumn {
  readonly header: Extract<LabelKey, `column.${string}`>;
  readonly unit?: Extract<LabelKey, `unit.${string}`>;
  readonly value: (row: TaskRow) => number | undefined;
}

/** One row of the table as it is shown. */
export interface ShownTask {
  readonly row: TaskRow;
  readonly killed: boolean;
  readonly numbers: readonly (number | undefined)[];
}

/** The task table, largest resident memory first. */
export interface TaskView {
  readonly summary: Message;
  readonly columns: readonly TaskColumn[];
  readonly tasks: readonly ShownTask[];
}

/** The table with the unit of every number in its header; undefined when the report has none. `split` adds the kinds of RSS kernels since 6.8 print. */
export function taskView({ taskTable, killed, followingKills, pageSize }: OomReport, split: boolean): TaskView | undefined {
  if (taskTable === undefined || taskTable.rows.length === 0) return undefined;
  const dead = new Set([...killed, ...followingKills].map(({ pid }) => pid));
  const kib = (value: number | undefined): number | undefined => (value === undefined ? undefined : value / KIB);
  const kinds: TaskColumn[] = [
    { header: 'column.anon', unit: 'unit.kib', value: ({ rssAnonBytes }) => kib(rssAnonBytes) },
    { header: 'column.file', unit: 'unit.kib', value: ({ rssFileBytes }) => kib(rssFileBytes) },
    { header: 'column.shmem', unit: 'unit.kib', value: ({ rssShmemBytes }) => kib(rssShmemBytes) },
  ];
  const all: TaskColumn[] = [
    { header: 'column.rss', unit: 'unit.kib', value: ({ rssBytes }) => kib(rssBytes) },
    { header: 'column.rss', unit: 'unit.pages', value: ({ rssBytes }) => rssBytes / pageSize.bytes },
    ...(split ? kinds : []),
    { header: 'column.swap', unit: 'unit.kib', value: ({ swapBytes }) => kib(swapBytes) },
    { header: 'column.page-tables', unit: 'unit.kib', value: ({ pageTablesBytes }) => kib(pageTablesBytes) },
    { header: 'column.oom-score-adj', value: ({ oomScoreAdj }) => oomScoreAdj },
  ];
  const columns = all.filter(({ value }) => taskTable.rows.some((row) => value(row) !== undefined));
  const rows = [...taskTable.rows].sort((a, b) => b.rssBytes - a.rssBytes || a.line - b.line);
  return {
    summary: say(pageSize.how === 'measured' ? 'tasks.summary' : 'tasks.summary.assumed', {
      count: rows.length,
      page: bytes(pageSize.bytes),
    }),
    columns,
    tasks: rows.map((row) => ({ row, killed: dead.has(row.pid), numbers: columns.map(({ value }) => value(row)) })),
  };
}
