import { type Accounting, type OomReport, present, type TaskRow, whereRead } from '../model/index.js';

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
