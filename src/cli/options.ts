import { type Command, InvalidArgumentError, Option } from 'commander';
import type { IncidentCriteria } from '../inquiry/select-incidents.js';
import type { LogInput } from '../sources/kernel-log/readers/read-logs.js';
import { type Language, languages } from '../words/language.js';
import { languageOf, parseLanguage } from './language.js';
import { UsageError } from './usage-error.js';

/** Options every command has. */
export interface CommonOptions {
  readonly lang?: Language;
  readonly color: boolean;
  readonly debug?: boolean;
}

/** Options of the commands that read logs. */
export interface InputOptions {
  readonly kmsg?: boolean;
  readonly journal?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly pid?: number;
  readonly container?: string;
  readonly pod?: string;
}

/** `input` says what the arguments may be. */
export function addInputOptions(
  command: Command,
  input = 'log files (plain, .gz, .zst, .xz), directories, or - for standard input',
): Command {
  return command
    .argument('[path...]', input)
    .option('--kmsg', 'read the live kernel log, /dev/kmsg')
    .option('--journal', 'read the systemd journal, this boot unless --since or --until is given')
    .option('--since <time>', 'journal entries from this time on, as journalctl takes it')
    .option('--until <time>', 'journal entries up to this time')
    .option('--pid <pid>', 'only kills of this process', parsePid)
    .option('-c, --container <id>', 'only kills in this container: its name or the beginning of its id')
    .option('--pod <uid>', 'only kills in this pod: its name or the beginning of its UID');
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--lang <language>', `${languages.join(' or ')} (default: from LC_ALL, LC_MESSAGES or LANG)`, parseLanguage)
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are heeded too)')
    .option('--debug', 'show the stack of an error');
}

export function outputOption(formats: readonly string[]): Option {
  return new Option('-o, --output <format>', 'how to print').choices(formats).default(formats[0]);
}

/** The language to speak: --lang, else the locale's. */
export function languageFor({ lang }: CommonOptions): Language {
  return lang ?? languageOf(process.env);
}

/** What the command line asks to be read, in the order of reading. Throws a UsageError when it asks for nothing. */
export function inputsOf(paths: readonly string[], { kmsg, journal, since, until }: InputOptions): LogInput[] {
  if (journal !== true && (since !== undefined || until !== undefined)) {
    throw new UsageError('--since and --until choose from the journal: add --journal');
  }
  const inputs: LogInput[] = paths.map((path) => (path === '-' ? { kind: 'stdin' } : { kind: 'path', path }));
  if (kmsg === true) inputs.push({ kind: 'kmsg' });
  if (journal === true) {
    inputs.push({ kind: 'journal', ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) });
  }
  if (inputs.length === 0)
    throw new UsageError('nothing to read: give a log file, a directory, - for standard input, --kmsg or --journal');
  return inputs;
}

export function criteriaOf({ pid, container, pod }: InputOptions): IncidentCriteria {
  return {
    ...(pid === undefined ? {} : { pid }),
    ...(container === undefined ? {} : { container }),
    ...(pod === undefined ? {} : { pod }),
  };
}

function parsePid(value: string): number {
  if (!/^[1-9]\d{0,9}$/.test(value)) throw new InvalidArgumentError('A process id is a positive number.');
  return Number(value);
}
