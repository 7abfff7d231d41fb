import type { Cleanup } from '../../lab/cgroup/remove.js';

/**
 * Runs the two roles in which oomkit starts itself, neither of which is a command for users: the launcher, which becomes the
 * user's command, and the watchdog. False when the command line asks for neither. They bypass the command line's machinery: they
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
  return false;
}
