/**
 * Measures how fast oomkit reads a large kernel log, against grep on the same file, with how much memory, and how long
 * oomkit takes to start, against an empty Node program. See bench/README.md.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeLogFile } from './log-file.js';
import { median, type Program, peakRssOf, stopRunning, timeInterleaved } from './measure.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = join(ROOT, 'test', 'fixtures', 'oom-logs');
const EXAMPLE = join(ROOT, 'examples', '01-cdi-importer', 'kernel.log');

const READING_AIM = 1.5;
const MEMORY_AIM_MIB = 150;
const START_AIM = 3;
/** Starting takes little time and varies, so it is measured more often than reading. */
const START_ROUNDS_FACTOR = 4;

const USAGE = `usage: npm run bench:kernel-log -- [options]
  --size MIB      size of the log, default 1024
  --reports N     OOM reports in it, default 1000
  --rounds N      how often each program is timed, default 5
  --cli FILE      the program to measure, default dist/oomkit.js
  --keep          leave the log where it was made`;

interface Options {
  readonly mebibytes: number;
  readonly reports: number;
  readonly rounds: number;
  readonly cli: string;
  readonly keep: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '1024' },
      reports: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '5' },
      cli: { type: 'string', default: join(ROOT, 'dist', 'oomkit.js') },
      keep: { type: 'boolean', default: false },
    },
  });
  return {
    mebibytes: positive(values.size),
    reports: positive(values.reports),
    rounds: positive(values.rounds),
    cli: values.cli,
    keep: values.keep,
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`not a whole number above 0: ${text}\n${USAGE}`);
  return value;
}

async function main(options: Options): Promise<void> {
  if (!existsSync(options.cli)) throw new Error(`${options.cli} is missing: run npm run build first`);
  const directory = mkdtempSync(join(tmpdir(), 'oomkit-bench-'));
  removeAtExit(directory, options.keep);
  const log = join(directory, 'node.log');
  await writeLogFile({ path: log, bytes: options.mebibytes * 2 ** 20, reports: options.reports, fixtures: FIXTURES });
  console.log(`${log}: ${(statSync(log).size / 2 ** 20).toFixed(0)} MiB with ${options.reports} reports`);
  if (options.keep) console.log('It is kept.');
  await measureReading(options, log, directory);
  await measureStart(options);
}

async function measureReading({ cli, rounds }: Options, log: string, directory: string): Promise<void> {
  // 4 is oomkit's "partly read": some of the logs are damaged on purpose.
  const reports: Program = { command: process.execPath, args: [cli, 'reports', log], allowedExitCodes: [0, 4] };
  const grep: Program = { command: 'grep', args: ['-c', 'invoked oom-killer', log], allowedExitCodes: [0] };
  const seconds = await timeInterleaved({ grep, reports }, rounds);
  console.log('\nReading');
  printSeconds("grep -c 'invoked oom-killer'", seconds.grep);
  printSeconds('oomkit reports', seconds.reports);
  printAim('ratio', median(seconds.reports) / median(seconds.grep), READING_AIM, '');
  printAim('peak memory', (await peakRssOf(reports, directory)) / 2 ** 20, MEMORY_AIM_MIB, ' MiB');
}

async function measureStart({ cli, rounds }: Options): Promise<void> {
  const empty: Program = { command: process.execPath, args: ['-e', '0'], allowedExitCodes: [0] };
  const diagnose: Program = { command: process.execPath, args: [cli, 'diagnose', EXAMPLE], allowedExitCodes: [0] };
  const seconds = await timeInterleaved({ empty, diagnose }, rounds * START_ROUNDS_FACTOR);
  console.log('\nStarting');
  printSeconds('node -e 0', seconds.empty);
  printSeconds('oomkit diagnose examples/01-cdi-importer/kernel.log', seconds.diagnose);
  printAim('ratio', median(seconds.diagnose) / median(seconds.empty), START_AIM, '');
}

function printSeconds(label: string, seconds: readonly number[]): void {
  const range = `${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)}`;
  console.log(`  ${label.padEnd(52)} ${median(seconds).toFixed(3)} s  (${range}, ${seconds.length} rounds)`);
}

function printAim(label: string, value: number, aim: number, unit: string): void {
  const verdict = value <= aim ? 'met' : 'missed';
  console.log(`  ${label.padEnd(52)} ${value.toFixed(value < 10 ? 2 : 0)}${unit}  (aim: at most ${aim}${unit}, ${verdict})`);
}

/** Removes the log however the run ends; Ctrl-C also ends the program that is being measured. */
function removeAtExit(directory: string, keep: boolean): void {
  if (!keep) process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      stopRunning();
      process.exit(code);
    });
  }
}

try {
  await main(readOptions());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
