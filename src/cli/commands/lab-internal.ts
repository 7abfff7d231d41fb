import type { Command } from 'commander';
import type { Cleanup } from '../../lab/cgroup/remove.js';

/** The two commands oomkit starts itself with: the launcher, which becomes the user's command, and the watchdog. Not for users. */
export function addLabInternals(program: Command): void {
  program
    .command('lab-launch', { hidden: true })
    .argument('<procs>')
    .argument('<command...>')
    .action(async (procs: string, [first = '', ...rest]: readonly string[]) => {
      const { enterAndBecome } = await import('../../lab/run/launch.js');
      enterAndBecome(procs, [first, ...rest]);
    });
  program
    .command('lab-watchdog', { hidden: true })
    .argument('<cleanup>')
    .action(async (cleanup: string) => {
      const { watch } = await import('../../lab/run/watchdog.js');
      await watch(JSON.parse(cleanup) as Cleanup, process.stdin);
    });
}
