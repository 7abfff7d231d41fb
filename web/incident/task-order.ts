import type { OomReport, TaskRow } from '../../src/model/index.js';

/** A column of the table that a reader can sort by. */
export type TaskColumnId =
  | 'name'
  | 'pid'
  | 'rssBytes'
  | 'rssAnonBytes'
  | 'rssFileBytes'
  | 'rssShmemBytes'
  | 'swapBytes'
  | 'pageTablesBytes'
  | 'oomScoreAdj';

export interface TaskOrder {
  readonly by: TaskColumnId;
  readonly descending: boolean;
}

/** Each task on its own, those of one name together, or each below its parent. */
export type TaskArrangement = 'flat' | 'by-name' | 'by-parent';

/** A line of the table: a task, or several of one name together. */
export interface TaskLine {
  readonly comm: string;
  /** How many of its ancestors stand above it. */
  readonly depth: number;
  /** One task; the largest first where they are several. */
  readonly rows: readonly TaskRow[];
  readonly isKilled: boolean;
  /** Sums over the rows; absent what none of them has. */
  readonly sizes: Readonly<Partial<Record<TaskColumnId, number>>>;
}

const SIZES = ['rssBytes', 'rssAnonBytes', 'rssFileBytes', 'rssShmemBytes', 'swapBytes', 'pageTablesBytes'] as const;
const OPTIONAL = ['rssAnonBytes', 'rssFileBytes', 'rssShmemBytes', 'swapBytes', 'pageTablesBytes', 'oomScoreAdj'] as const;

/** The columns that the report's table has a number in. */
export function taskColumns({ taskTable }: OomReport): TaskColumnId[] {
  const rows = taskTable?.rows ?? [];
  return ['name', 'pid', 'rssBytes', ...OPTIONAL.filter((column) => rows.some((row) => row[column] !== undefined))];
}

/** Whether a task's parent is in the table, so that a tree tells something. */
export function hasParents({ taskTable }: OomReport): boolean {
  const rows = taskTable?.rows ?? [];
  const pids = new Set(rows.map(({ pid }) => pid));
  return rows.some(({ parentPid }) => parentPid !== undefined && pids.has(parentPid));
}

/** The table's lines that a search matches, arranged and in an order, which in a tree is that of siblings. */
export function taskLines(report: OomReport, search: string, order: TaskOrder, arrangement: TaskArrangement): TaskLine[] {
  const { taskTable, killed, followingKills } = report;
  const dead = new Set([...killed, ...followingKills].map(({ pid }) => pid));
  const wanted = search.trim().toLowerCase();
  const rows = (taskTable?.rows ?? []).filter(
    ({ comm, pid }) => wanted === '' || comm.toLowerCase().includes(wanted) || String(pid).startsWith(wanted),
  );
  const groups = arrangement === 'by-name' ? byName(rows) : rows.map((row) => [row]);
  const lines = groups.map((group): TaskLine => {
    const sorted = [...group].sort((a, b) => b.rssBytes - a.rssBytes || a.line - b.line);
    return {
      comm: sorted[0]?.comm ?? '',
      depth: 0,
      rows: sorted,
      isKilled: sorted.some(({ pid }) => dead.has(pid)),
      sizes: sizesOf(sorted),
    };
  });
  const sign = order.descending ? -1 : 1;
  lines.sort((a, b) => sign * compare(a, b, order.by) || lineOf(a) - lineOf(b));
  return arrangement === 'by-parent' ? underParents(lines) : lines;
}

function byName(rows: readonly TaskRow[]): TaskRow[][] {
  const groups = new Map<string, TaskRow[]>();
  for (const row of rows) {
    const group = groups.get(row.comm);
    if (group === undefined) groups.set(row.comm, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Each line followed by those of its children; lines without a parent here begin. */
function underParents(lines: readonly TaskLine[]): TaskLine[] {
  const pids = new Set(lines.map((line) => line.rows[0]?.pid));
  const children = new Map<number | undefined, TaskLine[]>();
  for (const line of lines) {
    const parent = line.rows[0]?.parentPid;
    const key = pids.has(parent) ? parent : undefined;
    children.set(key, [...(children.get(key) ?? []), line]);
  }
  const placed: TaskLine[] = [];
  const place = (parent: number | undefined, depth: number): void => {
    const here = children.get(parent) ?? [];
    // A PID that is its own ancestor, as a forged file may say, is placed once.
    children.delete(parent);
    for (const line of here) {
      placed.push({ ...line, depth });
      place(line.rows[0]?.pid, depth + 1);
    }
  };
  place(undefined, 0);
  return [...placed, ...[...children.values()].flat()];
}

function sizesOf(rows: readonly TaskRow[]): TaskLine['sizes'] {
  const sizes: Partial<Record<TaskColumnId, number>> = {};
  for (const column of SIZES) {
    const known = rows.flatMap((row) => row[column] ?? []);
    if (known.length > 0) sizes[column] = known.reduce((sum, value) => sum + value, 0);
  }
  const [first] = rows;
  if (rows.length === 1 && first?.oomScoreAdj !== undefined) sizes.oomScoreAdj = first.oomScoreAdj;
  return sizes;
}

/** What a line has no number for comes first when ascending. */
function compare(a: TaskLine, b: TaskLine, by: TaskColumnId): number {
  if (by === 'name') return a.comm < b.comm ? -1 : a.comm > b.comm ? 1 : 0;
  if (by === 'pid') return (a.rows[0]?.pid ?? 0) - (b.rows[0]?.pid ?? 0);
  return (a.sizes[by] ?? Number.NEGATIVE_INFINITY) - (b.sizes[by] ?? Number.NEGATIVE_INFINITY) || 0;
}

function lineOf({ rows }: TaskLine): number {
  return rows[0]?.line ?? 0;
}
