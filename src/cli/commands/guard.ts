import { type Command, InvalidArgumentError, Option } from 'commander';
import { examplesText } from '../examples.js';
import type { GuardOptions } from '../guard-options.js';
import { addCommonOptions, outputOption } from '../options.js';
import { parseSize } from '../size-option.js';
import { UsageError } from '../usage-error.js';

/** Less makes no sense: a fast writer dirties as much between two looks (src/guard/policy.ts). */
const LEAST = '4Mi';

export function addGuard(program: Command): void {
  const command = program
    .command('guard')
    .description('keep the dirty and cached file pages of a command, processes or a cgroup near a bound')
    .argument('[command...]', 'the command and its arguments, after --')
    .option('--dirty <size>', 'about what may wait for the disk (default: 64Mi, or a quarter of the limit)', parseBound)
    .option('--cache <size>', 'about how many cached file pages, dirty ones included (default: twice --dirty)', parseBound)
    .addOption(new Option('--pid <pid>', 'guard a running process and what it starts; may be repeated').argParser(addPid))
    .addOption(new Option('--cgroup <target>', 'guard a running cgroup: as inspect takes it').conflicts('pid'))
    .option('--plain', 'make no cgroups: writers are not held, and counted by what the processes wrote')
    .option('--report', 'tell on standard error what was done, in the form -o chooses')
    .option('--report-file <file>', 'write that to a file instead');
  addCommonOptions(command.addOption(outputOption(['text', 'json'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} guard -- qemu-img convert -t writeback a.qcow2 b.img`, 'with about 64 MiB waiting for the disk'],
      [`${name} guard --dirty 16Mi --report -- tar -xf big.tar`, 'and what it took'],
      [`${name} guard --pid 4711`, 'what runs already, until it ends'],
      [`${name} guard --cgroup ea887b1c9c5c -o json --report`, "a container's processes, from its node"],
    ]),
  );
  command.action(async (words: readonly string[], options: GuardOptions) => {
    const given = [words.length > 0, options.pid !== undefined, options.cgroup !== undefined].filter(Boolean).length;
    if (given !== 1) throw new UsageError('give one of: a command after --, --pid, --cgroup');
    const { guard } = await import('../run-guard.js');
    await guard(words, options);
  });
}

function parseBound(value: string): number {
  const bytes = parseSize(value);
  if (bytes < parseSize(LEAST)) throw new InvalidArgumentError(`A bound is ${LEAST} at least.`);
  return bytes;
}

function addPid(value: string, before: readonly number[] | undefined): number[] {
  if (!/^[1-9]\d{0,9}$/.test(value)) throw new InvalidArgumentError('A process id is a positive number.');
  return [...(before ?? []), Number(value)];
}
