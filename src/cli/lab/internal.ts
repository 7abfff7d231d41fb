import type { Cleanup } from '../../lab/cgroup/remove.js';

/**
 * Runs the roles in which oomkit starts itself, none of which is a command for users: the launcher, which becomes the user's
 * command, and the watchdogs of the lab and the guard. False when the command line asks for none. They bypass the command line's machinery: they
 * start sooner, and leave the standard streams as they are.
 */
export async function runInternal([role, first = '', ...rest]: readonly string[]): Promise<boolean> {
  if (role === 'lab-launch') {
    const [, file = '', ...args] = rest;
    const { enterAndBecome } = await import('../../lab/run/launch.js');
    enterAndBecome(first, [file, ...args]);
    return true;
  }
  if (role === 'lab-watchdog') {
    const { watch } = await import('../../lab/run/watchdog.js');
    await watch(JSON.parse(first) as Cleanup, process.stdin);
    return true;
  }
  if (role === 'guard-watchdog') {
    const { watchGuard } = await import('../../guard/watchdog.js');
    await watchGuard(process.stdin, process.stdout);
    return true;
  }
  return false;
}
