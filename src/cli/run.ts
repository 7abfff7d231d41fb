import { existsSync } from 'node:fs';
import { CommanderError } from 'commander';
import { redactCommandLine, redactText } from '../sources/secrets/command-line.js';
import { redactUrls } from '../sources/secrets/url.js';
import { printableBlock } from '../words/printable.js';
import { ExitCode } from './exit-code.js';
import { createProgram } from './program.js';
import { UsageError } from './usage-error.js';

/**
 * Runs one command line, sets the process's exit code and says every error in one line on standard error. The output is
 * left to drain: nothing here ends the process.
 */
export async function run(name: string, args: readonly string[]): Promise<void> {
  const program = createProgram(name);
  if (args.length === 0) {
    program.outputHelp();
    return;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = exitCodeOf(error);
    const text = explain(error, name, args);
    if (text !== undefined) process.stderr.write(`oomkit: ${shown(text.replaceAll('\n', ' '), args)}\n`);
    if (args.includes('--debug') && error instanceof Error) process.stderr.write(`${shown(error.stack ?? '', args)}\n`);
  }
}

/**
 * A text that may quote what was typed, such as `lab run mysql -pSECRET` without its `--`: control characters become visible, and
 * secrets are taken out. An argument is looked at as a word of a command line only where it is an option: another may be a mistyped id.
 */
function shown(text: string, args: readonly string[]): string {
  const safe = redactCommandLine(['', ...args]).slice(1);
  const typed = args.flatMap((argument, at) => {
    const value = /^--[\w-]{1,80}=(.+)$/s.exec(argument)?.[1] ?? '';
    return [
      [argument, argument.startsWith('-') ? (safe[at] ?? '') : redactText(argument)] as const,
      [value, redactText(value)] as const,
    ];
  });
  const quoted = typed.reduce(
    (sofar, [word, instead]) => (word === instead ? sofar : sofar.replaceAll(word, () => instead)),
    text,
  );
  return printableBlock(redactUrls(quoted)).join('\n');
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError || error instanceof UsageError) return ExitCode.Usage;
  return isAbort(error) ? ExitCode.Interrupted : ExitCode.Internal;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The line for the user; undefined when the user interrupted and knows. */
function explain(error: unknown, name: string, args: readonly string[]): string | undefined {
  if (error instanceof UsageError) return `${error.message}; see '${name} ${args[0]} --help'`;
  if (error instanceof CommanderError) return explainUsage(error, name, args);
  if (isAbort(error)) return undefined;
  const message = error instanceof Error ? error.message : String(error);
  return `internal error: ${message}; please report it with the output of --debug`;
}

/** Commander's message is a line or two: `error: unknown option '--pood'` and `(Did you mean --pod?)`. */
function explainUsage({ code, message }: CommanderError, name: string, args: readonly string[]): string {
  const [command = ''] = args;
  const text = message.replace(/^error: /, '');
  if (code !== 'commander.unknownCommand') return `${text}; see '${name} ${command.startsWith('-') ? '' : `${command} `}--help'`;
  if (existsSync(command)) return `'${command}' is not a command; to diagnose it: ${name} diagnose ${command}`;
  return `${text}; see '${name} --help'`;
}
