import type { CauseId } from '../../../src/model/index.js';
import { MIB } from '../../../src/model/index.js';
import type { MemoryCgroup } from './memory-cgroup.js';
import type { PodLayout } from './pod-path.js';
import * as programs from './programs.js';

/** What a scene may use: its containers' cgroups, a tmpfs, and directories on a disk as it is and on a slow one. */
export interface Stage {
  readonly containers: readonly [MemoryCgroup, ...MemoryCgroup[]];
  readonly tmpfs: () => string;
  readonly directory: () => string;
  readonly slowDisk: () => string;
}

/** A way of running out of memory whose cause is known, because it was made so. */
export interface Scene {
  readonly name: string;
  /** What is done, for the reader of the fixture. */
  readonly made: string;
  /** The causes of which one must come first. */
  readonly causes: readonly CauseId[];
  readonly layout: PodLayout;
  readonly containerCount: number;
  readonly limited: 'container' | 'pod';
  readonly limitBytes: number;
  /** How long it may take, where that is more than a minute and a half. */
  readonly patienceMs?: number;
  readonly act: (stage: Stage) => programs.Grow;
}

const oneContainer = { containerCount: 1, limited: 'container' } as const;

export const anonSingle: Scene = {
  ...oneContainer,
  name: 'anon-single',
  made: 'one process (tail of a stream without line ends) grows until the limit of its container',
  causes: ['anon-memory'],
  layout: 'cgroupfs',
  limitBytes: 256 * MIB,
  act: ({ containers }) => programs.growingTail(containers[0]),
};

export const anonNodeHeap: Scene = {
  ...oneContainer,
  name: 'anon-node-heap',
  made: 'the JavaScript heap of one Node process, with its threads, grows until the limit of its container',
  causes: ['anon-memory'],
  layout: 'containerd-systemd',
  limitBytes: 256 * MIB,
  act: ({ containers }) => programs.growingHeap(containers[0]),
};

export const tmpfsEmptyDir: Scene = {
  ...oneContainer,
  name: 'tmpfs-emptydir',
  made: 'dd writes a file to a tmpfs until the limit of its container',
  causes: ['tmpfs'],
  layout: 'cgroupfs',
  limitBytes: 256 * MIB,
  act: ({ containers, tmpfs }) => programs.tmpfsWriter(containers[0], tmpfs()),
};

export const forkMany: Scene = {
  ...oneContainer,
  name: 'fork-many',
  made: 'a shell starts one sleep after another until the limit of its container',
  causes: ['process-count'],
  layout: 'cgroupfs-guaranteed',
  limitBytes: 64 * MIB,
  act: ({ containers }) => programs.forkingShell(containers[0]),
};

export const childKilled: Scene = {
  ...oneContainer,
  name: 'child-killed',
  made: 'a shell runs a tail that grows until the limit of the container; the shell survives',
  causes: ['anon-memory', 'child-process-killed'],
  layout: 'cri-o-systemd',
  limitBytes: 128 * MIB,
  act: ({ containers }) => programs.growingTail(containers[0], { underShell: true }),
};

export const anonPlusTmpfs: Scene = {
  ...oneContainer,
  name: 'anon-plus-tmpfs',
  made: 'a tail grows while a dd fills a tmpfs, step by step, in one container',
  causes: ['anon-memory', 'tmpfs'],
  layout: 'containerd-systemd',
  limitBytes: 256 * MIB,
  act: ({ containers, tmpfs }) =>
    programs.inTurn(programs.growingTail(containers[0]), programs.tmpfsWriter(containers[0], tmpfs())),
};

export const podLimit: Scene = {
  name: 'pod-limit-two-containers',
  made: 'two containers without limits of their own, a Node process and a tail, grow step by step until the limit of their pod',
  causes: ['ancestor-limit'],
  layout: 'cgroupfs',
  containerCount: 2,
  limited: 'pod',
  limitBytes: 256 * MIB,
  act: ({ containers: [app, sidecar = app] }) => programs.inTurn(programs.growingHeap(app), programs.growingTail(sidecar)),
};

export const socketBuffers: Scene = {
  ...oneContainer,
  name: 'socket-buffers',
  made: 'one Node process fills Unix sockets that nobody reads from until the limit of its container',
  causes: ['kernel-memory'],
  layout: 'cgroupfs',
  limitBytes: 256 * MIB,
  act: ({ containers, directory }) => programs.socketFiller(containers[0], directory()),
};

const pipeBuffers: Scene = {
  ...oneContainer,
  name: 'pipe-buffers',
  made: 'one Perl process fills pipes that nobody reads from until the limit of its container',
  causes: ['kernel-memory'],
  layout: 'cri-o-systemd',
  limitBytes: 128 * MIB,
  act: ({ containers }) => programs.pipeFiller(containers[0]),
};

const mlockFile: Scene = {
  ...oneContainer,
  name: 'mlock-file',
  made: 'one Perl process maps and locks more and more of a file until the limit of its container',
  causes: ['mlocked'],
  layout: 'cgroupfs',
  limitBytes: 128 * MIB,
  act: ({ containers, directory }) => programs.fileLocker(containers[0], directory()),
};

/**
 * Takes minutes: v1 reclaim sleeps 100 ms for every batch of dirty pages it meets, twice over the list and 16 times, before
 * it gives up (mm/vmscan.c, reclaim_throttle(); mm/memcontrol.c, MAX_RECLAIM_RETRIES; 6.18).
 */
const pageCacheDirty: Scene = {
  ...oneContainer,
  name: 'page-cache-dirty',
  made: "dd writes a file to a slow disk that is busy with a neighbour's dirty pages, until the limit of its container",
  causes: ['page-cache-writeback'],
  layout: 'containerd-systemd',
  limitBytes: 6 * MIB,
  patienceMs: 900_000,
  act: ({ containers, slowDisk }) => programs.fileWriter(containers[0], slowDisk()),
};

export const scenes: readonly Scene[] = [
  anonSingle,
  anonNodeHeap,
  tmpfsEmptyDir,
  forkMany,
  childKilled,
  anonPlusTmpfs,
  podLimit,
  socketBuffers,
  pipeBuffers,
  mlockFile,
  pageCacheDirty,
];
