import type { ProcessMemory } from '../../model/index.js';
import { HostError } from '../host/error.js';
import { freeSwapBytes, type Host, kernelRelease, pageSizeBytes } from '../host/host.js';
import { listMembers, readMembers } from '../process/cgroup-processes.js';
import { writableFiles } from '../process/open-files.js';
import { withPss } from '../process/read-process.js';
import { publicFile, publicProcess } from '../secrets/public-facts.js';
import type { LiveCgroup, Observation } from './live.js';
import { readCgroupMemory } from './memory.js';
import { directoryOf, type MemoryHierarchy } from './mounts.js';

/** Processes whose shared pages and open files are looked at: both cost much more than the rest. */
const CLOSELY_LOOKED_AT = 10;

/** Observes a cgroup. Throws a HostError when it is not there or may not be read. */
export function observeCgroup(host: Host, hierarchy: MemoryHierarchy, path: string, now: Date): Observation {
  const target = liveCgroup(host, hierarchy, path, now);
  if (target === undefined) throw new HostError('no-match', path);
  const owner = target.memory.effectiveLimit?.path ?? path;
  const limited = owner === path ? target : (liveCgroup(host, hierarchy, owner, now) ?? target);
  const largest = bySize(target.processes).slice(0, CLOSELY_LOOKED_AT);
  const detailed = new Map(largest.map((process) => [process.pid, withPss(host, process)]));
  const withDetails: LiveCgroup = {
    ...target,
    processes: target.processes.map((process) => detailed.get(process.pid) ?? process),
  };
  return {
    target: withDetails,
    limited: limited === target ? withDetails : limited,
    writableFiles: largest.flatMap(({ pid }) => writableFiles(host, pid).map(publicFile)),
    freeSwapBytes: freeSwapBytes(host) ?? 0,
  };
}

/** Processes, the largest first. */
function bySize(processes: readonly ProcessMemory[]): ProcessMemory[] {
  return [...processes].sort((a, b) => b.rssBytes - a.rssBytes || a.pid - b.pid);
}

function liveCgroup(host: Host, hierarchy: MemoryHierarchy, path: string, now: Date): LiveCgroup | undefined {
  const memory = readCgroupMemory(hierarchy, path);
  const directory = directoryOf(hierarchy, path);
  if (memory === undefined || directory === undefined) return undefined;
  const page = pageSizeBytes(host);
  const release = kernelRelease(host);
  return {
    memory,
    processes: readMembers(host, listMembers(directory, path)).map(publicProcess),
    ...(page === undefined ? {} : { pageSizeBytes: page }),
    ...(release === undefined ? {} : { kernelRelease: release }),
    observedAt: now.toISOString(),
  };
}
