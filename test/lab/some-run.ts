import { type CgroupMemory, type LabRun, MIB, type Recording } from '../../src/model/index.js';
import { columnsOf } from '../../src/recorder/sample.js';

const memory: CgroupMemory = {
  path: '/lab',
  version: 2,
  directory: '/sys/fs/cgroup/lab',
  usage: {
    usageBytes: 60 * MIB,
    limitBytes: 64 * MIB,
    anonBytes: 10 * MIB,
    file: { totalBytes: 48 * MIB, dirtyBytes: 30 * MIB, writebackBytes: 16 * MIB, inactiveBytes: 48 * MIB, activeBytes: 0 },
    shmemBytes: 0,
  },
  effectiveLimit: { bytes: 64 * MIB, path: '/lab' },
  counters: { memory: { usageBytes: 60 * MIB, limitBytes: 64 * MIB, hits: 5 } },
  events: { max: 5, oom: 0, oom_kill: 0 },
  stat: { anon: 10 * MIB, file: 48 * MIB, shmem: 0, file_dirty: 30 * MIB, file_writeback: 16 * MIB, inactive_file: 48 * MIB },
};

const recording: Recording = {
  startedAt: '2026-11-25T12:00:00.000Z',
  kernelRelease: '6.12.0',
  cgroupVersion: 2,
  cgroup: '/lab',
  pageSizeBytes: 4096,
  limitBytes: 64 * MIB,
  series: columnsOf([]),
  marks: [{ atSeconds: 3, kind: 'exit' }],
  atPeak: { atSeconds: 2, memory, processes: [], writableFiles: [], freeSwapBytes: 0 },
};

/** A run on v2 that reached its limit and lived. */
export const someRun: LabRun = {
  command: ['qemu-img', 'convert'],
  limitBytes: 64 * MIB,
  swapAllowed: false,
  exitCode: 0,
  endedBy: 'exit',
  forwardedSignals: [],
  oomKilled: false,
  oomKills: 0,
  killed: [],
  wallSeconds: 3,
  peak: { chargedBytes: 64 * MIB, anonBytes: 10 * MIB, dirtyBytes: 30 * MIB, unreclaimableBytes: 56 * MIB },
  limitHits: 5,
  reclaimFailures: 1,
  stalledSeconds: 1.5,
  strays: 0,
  sampling: { samples: 150, medianSeconds: 0.02, longestSeconds: 0.03, cpuSeconds: 0.05 },
  recording,
  warnings: [],
};
