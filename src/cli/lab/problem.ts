import { LabError } from '../../lab/error.js';
import { HostError } from '../../sources/host/error.js';
import type { Language } from '../../words/language.js';
import { renderMessage } from '../../words/messages/render.js';
import { ExitCode } from '../exit-code.js';

/** Says on standard error why a command could not be run in a cgroup, and sets the exit code; any other error is thrown again. */
export function sayLabProblem(error: unknown, lang: Language, debug = false): void {
  if (!(error instanceof LabError) && !(error instanceof HostError)) throw error;
  process.stderr.write(`oomkit: ${renderMessage(error.problem, { lang })}\n`);
  if (debug) process.stderr.write(`${error.stack}\n`);
  process.exitCode = ExitCode.CannotRun;
}
