import { writeFileSync } from 'node:fs';
import { GuardError, type GuardErrorCode } from '../guard/error.js';
import { guardCommand } from '../guard/guard-command.js';
import { guardCgroup, guardProcesses } from '../guard/guard-running.js';
import { type GuardReport, message } from '../model/index.js';
import { printJson, renderGuard, renderMessage, toGuardReport } from '../render/index.js';
import { libc } from '../sources/host/libc.js';
import { abortOnSignals } from './abort-on-signals.js';
import { ExitCode } from './exit-code.js';
import type { GuardOptions } from './guard-options.js';
import { readHostAsync } from './host-problem.js';
import { selfProgram } from './lab/self.js';
import { languageFor } from './options.js';
import { wantsColor, widthOf } from './terminal.js';

/** POSIX.1-2017, 2.8.2: a command that is not found, and one that is found and cannot be run. */
const EXIT_CODES: Readonly<Partial<Record<GuardErrorCode, number>>> = {
  'not-found': 127,
  'not-executable': 126,
  'bound-above-limit': ExitCode.Usage,
  'cache-below-dirty': ExitCode.Usage,
  'not-itself': ExitCode.Usage,
  'first-process': ExitCode.Usage,
  'kernel-thread': ExitCode.Usage,
  'root-cgroup': ExitCode.Usage,
  'no-process': ExitCode.NothingFound,
};

/** Guards, tells what was done where that was asked for, and sets the exit code: the command's own. */
export async function guard([first, ...rest]: readonly string[], options: GuardOptions): Promise<void> {
  const lang = languageFor(options);
  if (libc() === undefined) process.stderr.write(`oomkit: ${renderMessage(message('guard.no-libc'), { lang })}\n`);
  try {
    const report = await readHostAsync(() => run(first, rest, options), lang, options.debug);
    if (report === undefined) return;
    process.exitCode = report.exitCode ?? process.exitCode ?? ExitCode.Done;
    tell(report, options);
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    process.stderr.write(`oomkit: ${renderMessage(error.problem, { lang })}\n`);
    if (options.debug === true) process.stderr.write(`${error.stack}\n`);
    process.exitCode = EXIT_CODES[error.code] ?? ExitCode.Unreadable;
  }
}

async function run(first: string | undefined, rest: readonly string[], options: GuardOptions): Promise<GuardReport> {
  const program = selfProgram();
  const bounds = {
    ...(options.dirty === undefined ? {} : { dirtyBytes: options.dirty }),
    ...(options.cache === undefined ? {} : { cacheBytes: options.cache }),
  };
  const { plain = false } = options;
  const onUnheld = (): void => {
    // With --plain it was asked for.
    if (!plain) process.stderr.write(`oomkit: ${renderMessage(message('guard.unheld'), { lang: languageFor(options) })}\n`);
  };
  if (first !== undefined) return guardCommand([first, ...rest], { bounds, program, plain, onUnheld });
  const running = { bounds, program, signal: abortOnSignals().signal, onUnheld };
  return options.cgroup === undefined ? guardProcesses(options.pid ?? [], running) : guardCgroup(options.cgroup, running);
}

function tell(report: GuardReport, options: GuardOptions): void {
  if (options.report !== true && options.reportFile === undefined) return;
  const toTerminal = options.reportFile === undefined;
  const color = toTerminal && wantsColor(options.color, process.env, process.stderr);
  const width = widthOf(process.stderr);
  const text =
    options.output === 'json'
      ? printJson(toGuardReport(report))
      : renderGuard(report, { lang: languageFor(options), color, width });
  if (options.reportFile === undefined) process.stderr.write(text);
  else writeFileSync(options.reportFile, text);
}
