import { KIB, type ProcessMemory } from '../../model/index.js';

/** What /proc/PID/status tells; memory only for processes that have some (not kernel threads and zombies). */
export type ProcessStatus = Pick<ProcessMemory, 'tgid' | 'uid' | 'comm' | 'totalVmBytes' | 'rssBytes'> &
  Partial<
    Pick<
      ProcessMemory,
      | 'parentPid'
      | 'rssAnonBytes'
      | 'rssFileBytes'
      | 'rssShmemBytes'
      | 'swapBytes'
      | 'lockedBytes'
      | 'pageTablesBytes'
      | 'threads'
    >
  >;

const SIZES = [
  ['rssAnonBytes', 'RssAnon'],
  ['rssFileBytes', 'RssFile'],
  ['rssShmemBytes', 'RssShmem'],
  ['swapBytes', 'VmSwap'],
  ['lockedBytes', 'VmLck'],
  ['pageTablesBytes', 'VmPTE'],
] as const;

/** Parses /proc/PID/status; undefined when it is not one. Source: Documentation/filesystems/proc.rst, table 1-2 (6.18). */
export function parseStatus(text: string): ProcessStatus | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const comm = fields.get('Name');
  const tgid = Number(fields.get('Tgid'));
  if (comm === undefined || !Number.isInteger(tgid)) return undefined;
  const parentPid = Number(fields.get('PPid') ?? 0);
  const threads = fields.get('Threads');
  const sizes = SIZES.flatMap(([name, field]) => {
    const bytes = kib(fields.get(field));
    return bytes === undefined ? [] : [[name, bytes] as const];
  });
  return {
    tgid,
    ...(parentPid > 0 ? { parentPid } : {}),
    comm: unescapeName(comm),
    // The effective user: who the kernel's own task table names.
    uid: Number(fields.get('Uid')?.split(/\s+/)[1] ?? 0),
    totalVmBytes: kib(fields.get('VmSize')) ?? 0,
    rssBytes: kib(fields.get('VmRSS')) ?? 0,
    ...(threads === undefined ? {} : { threads: Number(threads) }),
    ...Object.fromEntries(sizes),
  };
}

function kib(field: string | undefined): number | undefined {
  const match = /^(\d+) kB$/.exec(field ?? '');
  return match === null ? undefined : Number(match[1]) * KIB;
}

/** status writes a line feed in a name as `\n` and a backslash as `\\` (fs/proc/array.c, proc_task_name()). */
function unescapeName(name: string): string {
  return name.replace(/\\([n\\])/g, (_, character: string) => (character === 'n' ? '\n' : '\\'));
}
