/**
 * Makes test/fixtures/kernel-made: real kills on this machine, one for each scene, with what is known about them by
 * construction. Needs root and a cgroup v1 memory hierarchy. Run with `npx tsx test/kernel/lab/make-fixtures.ts [scene…]`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { KIB } from '../../../src/model/index.js';
import { type Kill, makeKill } from './kill.js';
import { type Scene, scenes } from './scenes.js';

const FOLDER = new URL('../../fixtures/kernel-made/', import.meta.url);
/** Longer than the time for which the kernel counts its reports. */
const PAUSE_MS = 6_000;

const wanted = process.argv.slice(2);
mkdirSync(FOLDER, { recursive: true });
for (const scene of scenes.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const kill = await makeKill(scene);
  const foreign = kill.kmsg.split('\n').filter((line) => line.includes('oom-kill:') && !line.includes(kill.limited.path));
  if (foreign.length > 0) throw new Error(`${scene.name}: another OOM kill came between: ${foreign[0]}`);
  const base = `${release().split('.').slice(0, 2).join('.')}-v1-${scene.name}`;
  writeFileSync(new URL(`${base}.kmsg`, FOLDER), kill.kmsg);
  writeFileSync(new URL(`${base}.json`, FOLDER), `${JSON.stringify(sidecar(scene, kill), undefined, 2)}\n`);
  console.log(`${base}: killed ${kill.victims.map(({ pid, comm }) => `${pid} (${comm})`).join(', ')}`);
  await delay(PAUSE_MS);
}

function sidecar(scene: Scene, kill: Kill) {
  const [victim] = kill.victims;
  return {
    label: scene.causes.join('+'),
    made: `by construction on Linux ${release()}, cgroup v1: ${scene.made}`,
    victim: { pid: victim?.pid, comm: victim?.comm },
    usageKb: Number(/;memory: usage (\d+)kB/.exec(kill.kmsg)?.[1]),
    limitKb: scene.limitBytes / KIB,
    podUid: kill.pod.podUid,
    containerId: kill.containerId,
    tasksBeforeKill: kill.tasksBefore.length,
    statBeforeKill: { usage: kill.before.usageBytes, kmem: kill.before.kmemBytes, ...kill.before.stat },
  };
}
