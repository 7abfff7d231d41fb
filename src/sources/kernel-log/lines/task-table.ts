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

/** Columns in front of the name that are the same in every kernel. */
const COMMON_COLUMNS = ['uid', 'tgid', 'total_vm', 'rss'] as const;
/** What 4.15 to 6.7 print. */
const SINCE_4_15: readonly string[] = [...COMMON_COLUMNS, 'pgtables_bytes', 'swapents', 'oom_score_adj', 'name'];
/** 6.8 and later. */
const SINCE_6_8: readonly string[] = [
  ...COMMON_COLUMNS,
  'rss_anon',
  'rss_file',
  'rss_shmem',
  'pgtables_bytes',
  'swapents',
  'oom_score_adj',
  'name',
];
/** Numbers in front of the name in the shortest row: 2.6.32, 3.10, 4.15 to 6.7. */
const FEWEST_NUMBERS = 7;
/** Page tables take whole pages, and no kernel has smaller ones. */
const SMALLEST_PAGE = 4096;

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

/**
 * The columns of a table whose header is lost. Kernels since 2.6.32 print seven to ten numbers in front of the name and vendors print
 * more, so what stands behind the fourth is read only where the numbers themselves prove the layout: rss as the sum of its three
 * parts, page tables in bytes. Else those columns have no name.
 */
function columnsWithoutHeader(rows: readonly RawRow[]): readonly string[] {
  const whole = rows.filter(({ fields }) => leadingNumbers(fields) >= FEWEST_NUMBERS);
  const numbers = whole.reduce((least, { fields }) => Math.min(least, leadingNumbers(fields)), Number.POSITIVE_INFINITY);
  const fits = (columns: readonly string[], isProven: (values: readonly number[]) => boolean): boolean =>
    numbers === columns.length - 1 && whole.every(({ fields }) => isProven(fields.map(Number)));
  if (fits(SINCE_6_8, ([, , , rss, anon = 0, file = 0, shmem = 0]) => rss === anon + file + shmem)) return SINCE_6_8;
  if (fits(SINCE_4_15, ([, , , , tables = 0]) => tables > 0 && tables % SMALLEST_PAGE === 0)) return SINCE_4_15;
  const nameless = Number.isFinite(numbers) ? numbers - COMMON_COLUMNS.length : 0;
  return [...COMMON_COLUMNS, ...Array<string>(nameless).fill(''), 'name'];
}

/** Numbers in front of the name, which may be a number itself. */
function leadingNumbers(fields: readonly string[]): number {
  const name = fields.findIndex((field) => !/^-?\d+$/.test(field));
  return name < 0 ? fields.length - 1 : name;
}

/** How many fields a complete row has at least. */
export function fieldsExpected(header: readonly string[]): number {
  return header.length > 0 ? header.length : SINCE_4_15.length;
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

/**
 * Turns the rows of a table into bytes. Rows with fewer fields than their table has columns are left out, and rows whose parts do not
 * come to their rss: pieces of two lines. Names may hold spaces.
 */
export function decodeRows(rows: readonly RawRow[], header: readonly string[], pageBytes: number): TaskRow[] {
  if (rows.length === 0) return [];
  const layout = layoutOf(header.length > 0 ? header : columnsWithoutHeader(rows));
  return rows.map((row) => decodeRow(row, layout, pageBytes)).filter((task) => task !== undefined);
}

/** The counters are read one after the other while the process may run (dump_task(), mm/oom_kill.c, 6.8), so a little may be amiss. */
function addsUp({ rssBytes, rssAnonBytes, rssFileBytes, rssShmemBytes }: TaskRow, pageBytes: number): boolean {
  if (rssAnonBytes === undefined || rssFileBytes === undefined || rssShmemBytes === undefined) return true;
  return Math.abs(rssAnonBytes + rssFileBytes + rssShmemBytes - rssBytes) <= Math.max(rssBytes / 8, 1024 * pageBytes);
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
  if (!addsUp(task, pageBytes)) return undefined;
  if (layout.tables.length > 0 && task.pageTablesBytes === undefined) {
    const pages = layout.tables.reduce((sum, column) => sum + value(column), 0);
    if (Number.isFinite(pages)) task.pageTablesBytes = pages * pageBytes;
  }
  return task;
}
