import type { ContainerIdentity } from '../../model/index.js';
import { identifyCgroup } from '../../sources/cgroup/identity.js';

/** `systemd-oomd[612]: Killed /kubepods.slice/… due to memory pressure …`. Source: systemd src/oom/oomd-util.c, oomd_kill_by_*(). */
const KILLED = /systemd-oomd(?:\[\d+\])?: Killed (\/[^\s]{1,4096}) due to/g;

/** The cgroups that systemd-oomd says it killed. It is no part of the kernel, and leaves no report of it. */
export function killedByOomd(log: string): ContainerIdentity[] {
  return [...log.matchAll(KILLED)].map(([, path = '']) => identifyCgroup(path));
}
