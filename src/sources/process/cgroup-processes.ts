import type { ProcessMemory } from '../../model/index.js';
import type { Host } from '../host/host.js';
import { listHostSubdirectories, readHostFile } from '../host/read-file.js';
import { readProcess } from './read-process.js';

/** A process and the cgroup it lives in. */
export interface Member {
  readonly pid: number;
  readonly cgroup: string;
}

/**
 * The processes of a cgroup and those below it, by ascending pid. `directory` is the cgroup's, `path` its name. v1 lists a
 * process once a thread that moved, and pids of another pid namespace as 0: the former are taken once, the latter are left out.
 */
export function listMembers(directory: string, path: string): Member[] {
  const members = new Map<number, Member>();
  const waiting = [{ directory, path }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { directory: at, path: cgroup } = next;
    for (const line of (readHostFile(`${at}/cgroup.procs`) ?? '').split('\n')) {
      const pid = Number(line);
      if (pid > 0) members.set(pid, { pid, cgroup });
    }
    for (const name of listHostSubdirectories(at) ?? []) {
      waiting.push({ directory: `${at}/${name}`, path: `${cgroup === '/' ? '' : cgroup}/${name}` });
    }
  }
  return [...members.values()].sort((a, b) => a.pid - b.pid);
}

/** What the members hold; those that are gone meanwhile are left out. */
export function readMembers(host: Host, members: readonly Member[]): ProcessMemory[] {
  return members.map(({ pid, cgroup }) => readProcess(host, pid, cgroup)).filter((process) => process !== undefined);
}
