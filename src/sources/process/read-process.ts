import { KIB, type ProcessMemory } from '../../model/index.js';
import { HostError } from '../host/error.js';
import { type Host, procOf } from '../host/host.js';
import { readHostFile, readHostText } from '../host/read-file.js';
import { parseStatus } from './parse-status.js';

/** Clock ticks a second in /proc: USER_HZ, 100 on every architecture Node runs on (include/asm-generic/param.h). */
const USER_HZ = 100;
/** Field 22 of /proc/PID/stat, counted from the state, the first after the name (man 5 proc_pid_stat). */
const START_TIME_AFTER_NAME = 19;

/** What one process holds. Undefined when it is gone, or goes while it is read. Throws a HostError when it may not be read. */
export function readProcess(host: Host, pid: number, cgroup: string): ProcessMemory | undefined {
  const directory = `${procOf(host)}/${pid}`;
  const source = `${directory}/status`;
  const status = parseStatus(readHostText(source) ?? '');
  if (status === undefined) return undefined;
  const startedAt = startTime(readHostText(`${directory}/stat`), bootTime(host));
  return {
    pid,
    ...status,
    commandLine: parseCommandLine(readHostText(`${directory}/cmdline`) ?? ''),
    cgroup,
    oomScoreAdj: Number(readHostFile(`${directory}/oom_score_adj`) ?? 0),
    ...(startedAt === undefined ? {} : { startedAt }),
    source,
  };
}

/**
 * The process with its PSS added, where it may be read: smaps_rollup needs the rights of ptrace(2), and walks every page of the
 * process, so it is not read for all (Documentation/filesystems/proc.rst, 6.18; since 4.14).
 */
export function withPss(host: Host, process: ProcessMemory): ProcessMemory {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readHostFile(`${procOf(host)}/${process.pid}/smaps_rollup`) ?? '');
    return match === null ? process : { ...process, pssBytes: Number(match[1]) * KIB };
  } catch (error) {
    if (error instanceof HostError) return process;
    throw error;
  }
}

/** Arguments end in NUL; a program that rewrote them (setproctitle) may have left one text. */
export function parseCommandLine(text: string): string[] {
  const whole = text.replace(/\0+$/, '');
  return whole === '' ? [] : whole.split('\0');
}

/** When a process started, from its stat and the time of boot in seconds since 1970; undefined when either is missing. */
export function startTime(stat: string | undefined, boot: number | undefined): string | undefined {
  // The name may hold blanks and parentheses: the last one closes it.
  const ticks = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_AFTER_NAME]);
  return boot === undefined || !Number.isFinite(ticks) ? undefined : new Date((boot + ticks / USER_HZ) * 1000).toISOString();
}

function bootTime(host: Host): number | undefined {
  const match = /^btime (\d+)$/m.exec(readHostFile(`${procOf(host)}/stat`) ?? '');
  return match === null ? undefined : Number(match[1]);
}
