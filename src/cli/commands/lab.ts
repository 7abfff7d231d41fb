import { type Command, InvalidArgumentError, Option } from 'commander';
import { examplesText } from '../examples.js';
import type { LabCompareOptions, LabRunOptions } from '../lab/options.js';
import { addCommonOptions, outputOption } from '../options.js';
import { parseSize } from '../size-option.js';
import { addFit } from './lab-fit.js';
import { addPredict } from './lab-predict.js';

const RUN_FORMATS = ['text', 'wide', 'json', 'yaml'];
const MOST_ROUNDS = 100;

export function addLab(program: Command): void {
  const lab = program.command('lab').description('run commands in real memory cgroups: prove a cause, find what is safe');
  addRun(lab, program.name());
  addCompare(lab, program.name());
  addFit(lab, program.name());
  addPredict(lab, program.name());
}

function addRun(lab: Command, name: string): void {
  const command = lab
    .command('run')
    .description('run a command under a memory limit, and tell what it used and why it was killed')
    .argument('<command...>', 'the command and its arguments, after --')
    .option('--memory <size>', 'the limit, as in a manifest: 600Mi (default: none, measure only)', parseSize)
    .option('--swap', 'let it swap, where the machine has swap')
    .option('-o, --output <format>', 'text, wide, json or yaml, or FILE.json for the recording', parseOutput, 'text')
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

function addCompare(lab: Command, name: string): void {
  const command = lab
    .command('compare')
    .description('run variants of a command in turn, and compare their time and memory')
    .argument('[command...]', 'the command, after --, with {} where the text of a variant goes')
    .option('--memory <size>', 'the limit, as in a manifest: 600Mi (default: none, measure only)', parseSize)
    .option('--swap', 'let it swap, where the machine has swap')
    .option('--variant <name=text>', 'a variant, given once for each; {} alone becomes its words', collect, [])
    .option('--rounds <n>', 'how often each variant runs', parseRounds, 3)
    .option('--reset <command>', 'run before every run, its words parted at blanks, without a shell')
    .addOption(new Option('--preset <name>', 'a ready comparison').choices(['qemu-cache-modes']))
    .option('--source <image>', 'preset: the image to convert')
    .option('--target <path>', 'preset: the file to write, on the disk in question')
    .option('--force', 'preset: the target may be overwritten')
    .addOption(outputOption(RUN_FORMATS));
  addCommonOptions(command);
  command.addHelpText(
    'after',
    examplesText([
      [`${name} lab compare --memory 100Mi --preset qemu-cache-modes --source a.qcow2 --target /data/b.img`, ''],
      [`${name} lab compare --memory 1Gi --variant 'one=-j1' --variant 'four=-j 4' --reset 'make clean' -- make {}`, ''],
    ]),
  );
  command.action(async (words: readonly string[], options: LabCompareOptions) => {
    const { labCompare } = await import('../lab/compare.js');
    await labCompare(words, options);
  });
}

function parseOutput(value: string): string {
  if (RUN_FORMATS.includes(value) || (value.endsWith('.json') && value.length > '.json'.length)) return value;
  throw new InvalidArgumentError(`Allowed are ${RUN_FORMATS.join(', ')}, or a file that ends in .json.`);
}

function parseRounds(value: string): number {
  const rounds = Number(value);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS) {
    throw new InvalidArgumentError(`A number from 1 to ${MOST_ROUNDS}.`);
  }
  return rounds;
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
