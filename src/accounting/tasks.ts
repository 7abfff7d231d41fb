import {
  type Accounting,
  type KilledProcess,
  type OomReport,
  type Provenance,
  present,
  type TaskRow,
  whereRead,
} from '../model/index.js';

/** The processes of the table: one row a process, should the table hold several of its threads. */
export function processesOf(report: OomReport): readonly TaskRow[] {
  const byTgid = new Map<number, TaskRow>();
  for (const row of report.taskTable?.rows ?? []) {
    if (!byTgid.has(row.tgid)) byTgid.set(row.tgid, row);
  }
  return [...byTgid.values()];
}

/** What ps and top would have shown: the sum over the table. Undefined without a table. */
export function sumProcesses(report: OomReport): Accounting['processes'] | undefined {
  const rows = processesOf(report);
  if (rows.length === 0) return undefined;
  const sum = (value: (row: TaskRow) => number | undefined): number | undefined => {
    const values = rows.map(value).filter((bytes) => bytes !== undefined);
    return values.length === 0 ? undefined : values.reduce((total, bytes) => total + bytes, 0);
  };
  const first = rows[0];
  const last = rows.at(-1);
  const optional = {
    anonBytes: sum((row) => row.rssAnonBytes),
    fileBytes: sum((row) => row.rssFileBytes),
    shmemBytes: sum((row) => row.rssShmemBytes),
    pageTablesBytes: sum((row) => row.pageTablesBytes),
  };
  return {
    count: rows.length,
    rssBytes: sum((row) => row.rssBytes) ?? 0,
    ...present(optional),
    from: [first, last === first ? undefined : last]
      .filter((row) => row !== undefined)
      .map((row) => whereRead(report.source, row)),
  };
}

/** What the kill lines say of the processes killed together. Sizes are bytes. */
export interface KillSums {
  readonly count: number;
  /** Pages shared after fork() count once a process. */
  readonly anonBytes: number;
  /** Mapped file pages and shared memory of those that stand in the task table too, whose rows do not tell them from anon. */
  readonly beyondAnonBytes: number;
  /** Absent where no line has it: before 5.4. */
  readonly pageTablesBytes?: number;
  readonly from: readonly Provenance[];
}

/** Adds up the `Killed process` lines of a report; kills that followed later are left out, since memory was freed in between. */
export function sumKills(report: OomReport): KillSums {
  const kills = report.killed.filter((kill) => kill.anonRssBytes !== undefined);
  const rows = new Map(processesOf(report).map((row) => [row.pid, row]));
  const beyondAnon = ({ pid, fileRssBytes = 0, shmemRssBytes = 0 }: KilledProcess): number =>
    Math.min(rows.get(pid)?.rssBytes ?? 0, fileRssBytes + shmemRssBytes);
  const tables = kills.map(({ pageTablesBytes }) => pageTablesBytes).filter((bytes) => bytes !== undefined);
  return {
    count: kills.length,
    anonBytes: kills.reduce((sum, { anonRssBytes = 0 }) => sum + anonRssBytes, 0),
    beyondAnonBytes: kills.reduce((sum, kill) => sum + beyondAnon(kill), 0),
    ...(tables.length === 0 ? {} : { pageTablesBytes: tables.reduce((sum, bytes) => sum + bytes, 0) }),
    from: kills.slice(0, 3).map((kill) => whereRead(report.source, kill)),
  };
}

/** The largest shared memory that a process had mapped, by a table of 6.8 and later or a kill line; undefined when none had any. */
export function largestShmem(report: OomReport): { readonly bytes: number; readonly from: readonly Provenance[] } | undefined {
  const [largest] = [
    ...processesOf(report).map((row) => ({ bytes: row.rssShmemBytes ?? 0, row })),
    ...report.killed.map((row) => ({ bytes: row.shmemRssBytes ?? 0, row })),
  ].sort((a, b) => b.bytes - a.bytes);
  if (largest === undefined || largest.bytes === 0) return undefined;
  return { bytes: largest.bytes, from: [whereRead(report.source, largest.row)] };
}
