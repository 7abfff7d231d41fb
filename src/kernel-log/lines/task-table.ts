import type { TaskRow } from '../../model/index.js';
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
export function columnsFor(header: readonly string[], fields: readonly string[]): readonly string[] {
  if (header.length > 0) return header;
  const numbers = fields.findIndex((field) => !/^-?\d+$/.test(field));
  return numbers >= DEFAULT_COLUMNS_WIDE.length - 1 ? DEFAULT_COLUMNS_WIDE : DEFAULT_COLUMNS;
}

/** How many fields a complete row has at least. */
export function fieldsExpected(header: readonly string[]): number {
  return header.length > 0 ? header.length : DEFAULT_COLUMNS.length;
}

/** Turns a row's fields into bytes. Undefined when it has fewer fields than its table's columns. Names may hold spaces. */
export function decodeRow(
  row: { readonly pid: number; readonly fields: readonly string[] },
  header: readonly string[],
  pageBytes: number,
  line: number,
): TaskRow | undefined {
  const columns = columnsFor(header, row.fields);
  if (row.fields.length < columns.length) return undefined;
  const value = (column: string): number | undefined => {
    const index = columns.indexOf(column);
    const number = index < 0 ? Number.NaN : Number(row.fields[index]);
    return Number.isFinite(number) ? number : undefined;
  };
  const pages = (column: string): number | undefined => {
    const number = value(column);
    return number === undefined ? undefined : number * pageBytes;
  };
  const uid = value('uid');
  const tgid = value('tgid');
  const totalVmBytes = pages('total_vm');
  const rssBytes = pages('rss');
  if (uid === undefined || tgid === undefined || totalVmBytes === undefined || rssBytes === undefined) return undefined;
  const tablePages = ['nr_ptes', 'nr_pmds', 'nr_puds'].map(value).filter((count) => count !== undefined);
  const pageTablesBytes =
    value('pgtables_bytes') ??
    (tablePages.length === 0 ? undefined : tablePages.reduce((sum, count) => sum + count, 0) * pageBytes);
  const optional = {
    rssAnonBytes: pages('rss_anon'),
    rssFileBytes: pages('rss_file'),
    rssShmemBytes: pages('rss_shmem'),
    pageTablesBytes,
    swapBytes: pages('swapents'),
    oomScoreAdj: value('oom_score_adj'),
    oomAdj: value('oom_adj'),
  };
  return {
    pid: row.pid,
    uid,
    tgid,
    totalVmBytes,
    rssBytes,
    ...(Object.fromEntries(Object.entries(optional).filter(([, item]) => item !== undefined)) as Partial<TaskRow>),
    comm: row.fields.slice(columns.length - 1).join(' '),
    line,
  };
}
