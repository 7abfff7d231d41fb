import { type Command, InvalidArgumentError } from 'commander';
import { examplesText } from '../examples.js';
import type { LabFitOptions } from '../lab/options.js';
import { addCommonOptions, outputOption } from '../options.js';
import { parsePercentage } from '../percentage-option.js';
import { parseSize } from '../size-option.js';

const LEAST_RUNS = 2;
const MOST_RUNS = 100;

export function addFit(lab: Command, name: string): void {
  const command = lab
    .command('fit')
    .description('find the smallest limit at which a command succeeds, and the smallest that does not slow it')
    .argument('<command...>', 'the command and its arguments, after --')
    .option('--slowdown <percent>', 'how much longer than without a limit it may take', parsePercentage(1, 900), 0.1)
    .option('--tolerance <percent>', 'how closely the smallest limit is looked for', parsePercentage(1, 50), 0.02)
    .option('--max-runs <n>', 'as many runs at most', parseRuns, 8)
    .option('--from <size>', 'try no smaller limit', parseSize)
    .option('--to <size>', 'try no larger limit, and measure with this one instead of none', parseSize)
    .option('--swap', 'let it swap, where the machine has swap')
    .option('--reset <command>', 'run before every run, its words parted at blanks, without a shell')
    .option('-c, --container <name>', 'the container to name in the manifest patch')
    .addOption(outputOption(['text', 'wide', 'json', 'yaml']));
  // A default is shown as it was parsed: as a share.
  const shown: Readonly<Record<string, string>> = { slowdown: '10%', tolerance: '2%' };
  for (const option of command.options) {
    const text = shown[option.attributeName()];
    if (text !== undefined) option.default(option.defaultValue, text);
  }
  addCommonOptions(command);
  command.addHelpText(
    'after',
    examplesText([
      [`${name} lab fit -- python3 train.py`, 'the smallest limits, and what to write into the manifest'],
      [`${name} lab fit --reset 'make clean' --to 4Gi -- make -j4`, 'each run from the start, none with more than 4 GiB'],
      [`${name} lab fit --slowdown 25% --max-runs 12 -o json -- CMD`, 'for programs'],
    ]),
  );
  command.action(async (words: readonly string[], options: LabFitOptions) => {
    const { labFit } = await import('../lab/fit.js');
    await labFit(words, options);
  });
}

function parseRuns(value: string): number {
  const runs = Number(value);
  if (Number.isInteger(runs) && runs >= LEAST_RUNS && runs <= MOST_RUNS) return runs;
  throw new InvalidArgumentError(`A number from ${LEAST_RUNS} to ${MOST_RUNS}.`);
}
