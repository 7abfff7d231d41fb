import type { Command } from 'commander';
import { examplesText } from '../examples.js';
import { addCommonOptions, type CommonOptions } from '../options.js';
import { parseSize } from '../size-option.js';

/** What `lab run` was asked for. */
export interface LabRunOptions extends CommonOptions {
  readonly memory?: number;
  readonly swap?: boolean;
  readonly output: string;
  readonly live: boolean;
}

export function addLab(program: Command): void {
  const lab = program.command('lab').description('run commands in real memory cgroups: prove a cause, find what is safe');
  addRun(lab, program.name());
}

function addRun(lab: Command, name: string): void {
  const command = lab
    .command('run')
    .description('run a command under a memory limit, and tell what it used and why it was killed')
    .argument('<command...>', 'the command and its arguments, after --')
    .option('--memory <size>', 'the limit, as in a manifest: 600Mi (default: none, measure only)', parseSize)
    .option('--swap', 'let it swap, where the machine has swap')
    .option('-o, --output <format>', 'text, wide, json or yaml, or a file that ends in .json for the recording', 'text')
    .option('--no-live', 'no live view on the terminal');
  addCommonOptions(command);
  command.addHelpText(
    'after',
    examplesText([
      [`${name} lab run --memory 600Mi -- qemu-img convert -t writeback a.qcow2 b.img`, 'where the memory goes'],
      [`${name} lab run --memory 1Gi -o run.json -- make -j8`, 'and a recording for later'],
      [`${name} diagnose run.json`, 'why it was killed, from the recording'],
    ]),
  );
  command.action(async (words: readonly string[], options: LabRunOptions) => {
    const { labRun } = await import('../lab/run.js');
    await labRun(words, options);
  });
}
