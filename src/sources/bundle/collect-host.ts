import { hostname } from 'node:os';
import type { CgroupLayout } from '../cgroup/mounts.js';
import { type Host, kernelRelease, pageSizeBytes, procOf } from '../host/host.js';
import { readHostFile } from '../host/read-file.js';
import type { HostFacts } from './manifest.js';

/** What of the machine a diagnosis may need. The host's name is left out unless it is asked for. */
export function collectHost(host: Host, cgroupLayout: CgroupLayout | undefined, namesHost: boolean): HostFacts {
  const release = kernelRelease(host);
  const page = pageSizeBytes(host);
  const meminfo = readHostFile(`${procOf(host)}/meminfo`) ?? '';
  const memory = meminfoBytes(meminfo, 'MemTotal');
  const swap = meminfoBytes(meminfo, 'SwapTotal');
  return {
    ...(release === undefined ? {} : { kernelRelease: release }),
    architecture: process.arch,
    ...(page === undefined ? {} : { pageSizeBytes: page }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(swap === undefined ? {} : { swapBytes: swap }),
    ...(cgroupLayout === undefined ? {} : { cgroupLayout }),
    hostname: namesHost ? hostname() : 'redacted',
  };
}

/** A size of /proc/meminfo (Documentation/filesystems/proc.rst, 6.18). */
function meminfoBytes(meminfo: string, field: string): number | undefined {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(meminfo);
  return match === null ? undefined : Number(match[1]) * 1024;
}
