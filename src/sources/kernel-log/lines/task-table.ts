import type { TaskRow } from '../../../model/index.js';
import type { LineEvent } from './event.js';

/** The table of tasks (dump_tasks(), mm/oom_kill.c). Its columns changed six times and vendors add their own: rows are read by the header. */

/** The columns between `[ pid ]` and `name` that kernels print, for repairing wrapped headers. */
export const KNOWN_COLUMNS: ReadonlySet<string> = new Set([
  'uid',
  'tgid',
  'total_vm',
  'rss',
  'rss_anon',
  'rss_file',
  'rss_shmem',
  'nr_ptes',
  'nr_pmds',
  'nr_puds',
  'pgtables_bytes',
  'swapents',
  'oom_score_adj',
  'oom_adj',
  'cpu',
  'name',
]);

/** What 4.15 to 6.7 print: the best guess for rows whose header was cut away. */
const DEFAULT_COLUMNS: readonly string[] = [
  'uid',
  'tgid',
  'total_vm',
  'rss',
  'pgtables_bytes',
  'swapents',
  'oom_score_adj',
  'name',
];
/** 6.8 and later. */
const DEFAULT_COLUMNS_WIDE: readonly string[] = [
  'uid',
  'tgid',
  'total_vm',
  'rss',
  'rss_anon',
  'rss_file',
  'rss_shmem',
  'pgtables_bytes',
  'swapents',
  'oom_score_adj',
  'name',
];

/** `[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name`. */
export function parseTableHeader(text: string): LineEvent | undefined {
  const match = /^\[ {0,4}pid {0,4}\] (.{4,400})$/.exec(text);
  if (match === null) return undefined;
  return { kind: 'table-header', columns: (match[1] ?? '').trim().split(/\s+/) };
}

/** `[   6911]     0  6911    55506      640 …     0 dd`: the fields behind the bracket, the last one still with its spaces. */
export function parseRow(text: string): LineEvent | undefined {
  const match = /^\[ {0,8}(\d{1,10})\]\s{1,20}(\d{1,10}\s{1,20}\d{1,10}\s.{1,400})$/.exec(text);
  if (match === null) return undefined;
  return { kind: 'row', pid: Number(match[1]), fields: (match[2] ?? '').trim().split(/\s+/) };
}

/** The columns to read a row by: the table's own, or for a table without a header the kernel layout the row fits. */
function columnsFor(header: readonly string[], fields: readonly string[]): readonly string[] {
  if (header.length > 0) return header;
  const numbers = fields.findIndex((field) => !/^-?\d+$/.test(field));
  return numbers >= DEFAULT_COLUMNS_WIDE.length - 1 ? DEFAULT_COLUMNS_WIDE : DEFAULT_COLUMNS;
}

/** How many fields a complete row has at least. */
export function fieldsExpected(header: readonly string[]): number {
  return header.length > 0 ? header.length : DEFAULT_COLUMNS.length;
}

/** How the columns of a table become the fields of a row; made once for a table. */
interface RowLayout {
  readonly columns: readonly string[];
  readonly uid: number;
  readonly tgid: number;
  readonly totalVm: number;
  readonly rss: number;
  /** Columns that not every kernel prints: the field, its column and whether it is in pages. */
  readonly optional: readonly { readonly field: OptionalField; readonly column: number; readonly pages: boolean }[];
  /** nr_ptes, and nr_pmds and nr_puds where they exist: pages of page tables, before 4.15. */
  readonly tables: readonly number[];
}

type OptionalField =
  | 'rssAnonBytes'
  | 'rssFileBytes'
  | 'rssShmemBytes'
  | 'pageTablesBytes'
  | 'swapBytes'
  | 'oomScoreAdj'
  | 'oomAdj';

const OPTIONAL: readonly { readonly field: OptionalField; readonly name: string; readonly pages: boolean }[] = [
  { field: 'rssAnonBytes', name: 'rss_anon', pages: true },
  { field: 'rssFileBytes', name: 'rss_file', pages: true },
  { field: 'rssShmemBytes', name: 'rss_shmem', pages: true },
  { field: 'pageTablesBytes', name: 'pgtables_bytes', pages: false },
  { field: 'swapBytes', name: 'swapents', pages: true },
  { field: 'oomScoreAdj', name: 'oom_score_adj', pages: false },
  { field: 'oomAdj', name: 'oom_adj', pages: false },
];

function layoutOf(columns: readonly string[]): RowLayout {
  return {
    columns,
    uid: columns.indexOf('uid'),
    tgid: columns.indexOf('tgid'),
    totalVm: columns.indexOf('total_vm'),
    rss: columns.indexOf('rss'),
    optional: OPTIONAL.map(({ field, name, pages }) => ({ field, column: columns.indexOf(name), pages })).filter(
      ({ column }) => column >= 0,
    ),
    tables: ['nr_ptes', 'nr_pmds', 'nr_puds'].map((name) => columns.indexOf(name)).filter((column) => column >= 0),
  };
}

/** Rows as printed: the pid and the fields behind it. */
export interface RawRow {
  readonly pid: number;
  readonly fields: readonly string[];
  readonly line: number;
}

/** Turns the rows of a table into bytes. Rows with fewer fields than their table has columns are left out. Names may hold spaces. */
export function decodeRows(rows: readonly RawRow[], header: readonly string[], pageBytes: number): TaskRow[] {
  const decoded: TaskRow[] = [];
  let layout: RowLayout | undefined;
  for (const row of rows) {
    const columns = columnsFor(header, row.fields);
    if (layout?.columns !== columns) layout = layoutOf(columns);
    const task = decodeRow(row, layout, pageBytes);
    if (task !== undefined) decoded.push(task);
  }
  return decoded;
}

function decodeRow(row: RawRow, layout: RowLayout, pageBytes: number): TaskRow | undefined {
  const { fields } = row;
  if (fields.length < layout.columns.length) return undefined;
  const value = (column: number): number => Number(fields[column]);
  const task: { -readonly [K in keyof TaskRow]: TaskRow[K] } = {
    pid: row.pid,
    uid: value(layout.uid),
    tgid: value(layout.tgid),
    totalVmBytes: value(layout.totalVm) * pageBytes,
    rssBytes: value(layout.rss) * pageBytes,
    comm: fields.length === layout.columns.length ? (fields.at(-1) ?? '') : fields.slice(layout.columns.length - 1).join(' '),
    line: row.line,
  };
  if (!Number.isFinite(task.uid + task.tgid + task.totalVmBytes + task.rssBytes)) return undefined;
  for (const { field, column, pages } of layout.optional) {
    const number = value(column);
    if (Number.isFinite(number)) task[field] = pages ? number * pageBytes : number;
  }
  if (layout.tables.length > 0 && task.pageTablesBytes === undefined) {
    const pages = layout.tables.reduce((sum, column) => sum + value(column), 0);
    if (Number.isFinite(pages)) task.pageTablesBytes = pages * pageBytes;
  }
  return task;
}
