import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseKernelVersion } from '../../model/index.js';
import { examplesText } from '../examples.js';
import type { LabPredictOptions } from '../lab/options.js';
import { addCommonOptions, outputOption } from '../options.js';
import { parseSize } from '../size-option.js';

export function addPredict(lab: Command, name: string): void {
  const command = lab
    .command('predict')
    .description('calculate whether and when unwritten pages fill a limit, from the rates of a writer and a disk')
    .requiredOption('--write-rate <size>', 'what the program writes in a second: 200Mi', parseSize)
    .requiredOption('--disk-rate <size>', 'what the disk takes in a second: 30Mi', parseSize)
    .requiredOption('--limit <size>', 'the memory limit: 600Mi', parsePositive)
    .option('--other <size>', 'what the limit holds besides pages of files: anon, tmpfs, kernel memory', parseSize, 0)
    .option('--memory <size>', 'free memory and page cache of the machine (default: of this host)', parsePositive)
    .option('--kernel <release>', 'the kernel, as uname -r prints it (default: of this host)', parseRelease)
    .option('--cgroup-version <version>', '1 or 2 (default: of this host)', parseVersion)
    .option('--no-cgroup-writeback', 'v2 without the io controller, or on NFS, FUSE, 9p, CIFS or CephFS')
    .option('--dirty-ratio <percent>', 'vm.dirty_ratio (default: of this host)', parsePercent)
    .option('--dirty-background-ratio <percent>', 'vm.dirty_background_ratio (default: of this host)', parsePercent)
    .addOption(sizeSetting('--dirty-bytes <size>', 'vm.dirty_bytes', 'dirtyRatio'))
    .addOption(sizeSetting('--dirty-background-bytes <size>', 'vm.dirty_background_bytes', 'dirtyBackgroundRatio'))
    .addOption(outputOption(['text', 'json', 'yaml']));
  addCommonOptions(command);
  command.addHelpText(
    'after',
    examplesText([
      [`${name} lab predict --write-rate 200Mi --disk-rate 30Mi --limit 600M --other 50Mi`, 'on this host'],
      [`${name} lab predict --write-rate 1Gi --disk-rate 100Mi --limit 1Gi --cgroup-version 2`, 'on cgroup v2'],
    ]),
  );
  command.action(async (options: LabPredictOptions) => {
    const { labPredict } = await import('../lab/predict.js');
    await labPredict(options);
  });
}

function sizeSetting(flags: string, name: string, ratio: string): Option {
  return new Option(flags, `${name} (default: of this host)`).argParser(parseSize).conflicts(ratio);
}

function parsePositive(value: string): number {
  const size = parseSize(value);
  if (size === 0) throw new InvalidArgumentError('It must be more than 0.');
  return size;
}

function parsePercent(value: string): number {
  if (!/^\d{1,3}$/.test(value) || Number(value) > 100) throw new InvalidArgumentError('A whole number from 0 to 100.');
  return Number(value);
}

function parseVersion(value: string): 1 | 2 {
  if (value === '1') return 1;
  if (value === '2') return 2;
  throw new InvalidArgumentError('The version is 1 or 2.');
}

function parseRelease(value: string): string {
  if (parseKernelVersion(value) === undefined) throw new InvalidArgumentError('A release begins with a version: 5.10.0.');
  return value;
}
