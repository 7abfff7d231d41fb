import { setTimeout as delay } from 'node:timers/promises';
import { KmsgTail } from '../../../src/sources/kernel-log/readers/kmsg-tail.js';
import { MemoryCgroup, type MemoryReading, type Task } from './memory-cgroup.js';
import { mountTmpfs, temporaryDirectory } from './mounts.js';
import { type PodPath, podPath } from './pod-path.js';
import type { Grow } from './programs.js';
import type { Scene } from './scenes.js';
import { slowDisk } from './slow-disk.js';
import { cleanUp } from './undo.js';

/** The kernel prints at most 10 reports in 5 s (mm/oom_kill.c, DEFINE_RATELIMIT_STATE, 6.18). */
const REPORT_LIMIT_MS = 5_500;
const PATIENCE_MS = 90_000;
const SAMPLE_MS = 20;
const DEATH_MS = 60_000;

/** A real kill: what was true just before it, what the kernel wrote about it, and who died. */
export interface Kill {
  readonly pod: PodPath;
  /** The cgroup whose limit was hit. */
  readonly limited: MemoryCgroup;
  readonly containers: readonly { readonly id: string; readonly cgroup: string }[];
  /** The first cgroup that lost a task, and its container id. With several containers the kernel may have killed in more than one. */
  readonly victimCgroup: string;
  readonly containerId: string;
  /** Of `limited`, the last before the kill. */
  readonly before: MemoryReading;
  readonly tasksBefore: readonly Task[];
  /** Those of `tasksBefore` that were gone after the kill. */
  readonly victims: readonly Task[];
  /** The records of /dev/kmsg, one a line. */
  readonly kmsg: string;
}

/** Plays the scene until the kernel kills. Played once more when the kernel kept its report back; everything is gone when it returns. */
export async function makeKill(scene: Scene): Promise<Kill> {
  const kill = await play(scene);
  if (kill.kmsg.includes(`oom_memcg=${kill.limited.path},`)) return kill;
  await delay(REPORT_LIMIT_MS);
  return play(scene);
}

async function play(scene: Scene): Promise<Kill> {
  const pod = podPath(scene.layout, scene.containerCount);
  const root = MemoryCgroup.create();
  const [first, ...others] = pod.containers.map(({ path }) => root.child(path));
  if (first === undefined) throw new Error(`${scene.name}: no container`);
  const containers = [first, ...others] as const;
  const limited = scene.limited === 'pod' ? first.parent() : first;
  limited.limit(scene.limitBytes);

  const kmsg = KmsgTail.open();
  if (kmsg === undefined) throw new Error('/dev/kmsg cannot be read');
  try {
    const grow = scene.act({ containers, tmpfs: mountTmpfs, directory: temporaryDirectory, slowDisk });
    const { reading, tasks } = await growUntilKilled(limited, grow, scene.patienceMs ?? PATIENCE_MS);
    const victims = await gone(limited, tasks);
    const text = await reportOf(kmsg, victims);
    const victim = containers.findIndex((container) =>
      tasks.some((task) => task.cgroup === container.path && isAmong(task, victims)),
    );
    const containerId = pod.containers[victim]?.id;
    const victimCgroup = containers[victim]?.path;
    if (containerId === undefined || victimCgroup === undefined) throw new Error(`${scene.name}: nobody died`);
    const lived = containers.map(({ path }, index) => ({ id: pod.containers[index]?.id ?? '', cgroup: path }));
    return {
      pod,
      limited,
      containers: lived,
      victimCgroup,
      containerId,
      before: reading,
      tasksBefore: tasks,
      victims,
      kmsg: text,
    };
  } finally {
    cleanUp();
    kmsg.close();
  }
}

interface Sample {
  readonly reading: MemoryReading;
  readonly tasks: readonly Task[];
}

/**
 * Reads and grows by turns. The kernel counts the kill before it sends the signal (mm/oom_kill.c, __oom_kill_process(), 6.18),
 * so a reading after which the count is unchanged was made before the kill.
 */
async function growUntilKilled(limited: MemoryCgroup, grow: Grow, patienceMs: number): Promise<Sample> {
  const deadline = Date.now() + patienceMs;
  let last = read(limited);
  while (last.tasks.length === 0 && Date.now() < deadline) {
    await delay(5);
    last = read(limited);
  }
  let step = stepOf(grow);
  while (Date.now() < deadline) {
    const sample = read(limited);
    if (limited.oomKills() > 0) return last;
    if (sample.tasks.length === 0) throw new Error(`${limited.path}: everything ended without an OOM kill`);
    last = sample;
    if (step.done()) step = stepOf(grow);
    await Promise.race([step.promise, delay(SAMPLE_MS)]);
  }
  throw new Error(`${limited.path}: no OOM kill within ${patienceMs} ms`);
}

/** A step that is under way. It never ends when its program was killed and another process holds the pipe to it open. */
function stepOf(grow: Grow): { readonly promise: Promise<void>; readonly done: () => boolean } {
  let done = false;
  const promise = grow().then(() => {
    done = true;
  });
  return { promise, done: () => done };
}

function read(limited: MemoryCgroup): Sample {
  return { reading: limited.read(), tasks: limited.tasks() };
}

/**
 * The tasks that have left the cgroup; waits until there is one. A victim that was reclaiming dirty pages goes through them
 * once more before it dies.
 */
async function gone(limited: MemoryCgroup, tasks: readonly Task[]): Promise<Task[]> {
  const deadline = Date.now() + DEATH_MS;
  while (Date.now() < deadline) {
    const alive = new Set(limited.tasks().map(({ pid }) => pid));
    const missing = tasks.filter(({ pid }) => !alive.has(pid));
    if (missing.length > 0) return missing;
    await delay(10);
  }
  return [];
}

/** The log once it names a victim's death; the line of the OOM reaper, which follows it, has had its time too. */
async function reportOf(kmsg: KmsgTail, victims: readonly Task[]): Promise<string> {
  const named = () => victims.some(({ pid }) => kmsg.text().includes(`Killed process ${pid} (`));
  for (let attempt = 0; attempt < 200 && !named(); attempt++) await delay(10);
  await delay(200);
  return kmsg.text();
}

function isAmong(task: Task, tasks: readonly Task[]): boolean {
  return tasks.some(({ pid }) => pid === task.pid);
}
