import { HostError } from '../sources/host/error.js';
import type { Language } from '../words/language.js';
import { renderMessage } from '../words/messages/render.js';
import { ExitCode } from './exit-code.js';

/** What was asked for is not there: all was read, and nothing to show was in it. */
const NOT_FOUND: ReadonlySet<HostError['code']> = new Set(['no-process', 'no-cgroup', 'no-match', 'ambiguous']);

/**
 * Runs `read`, which looks at the host. What the host refuses or lacks is said on standard error, sets the exit code and gives
 * undefined; any other error goes on.
 */
export function readHost<T>(read: () => T, lang: Language, debug = false): T | undefined {
  try {
    return read();
  } catch (error) {
    return sayProblem(error, lang, debug);
  }
}

/** The same for what takes its time. */
export async function readHostAsync<T>(read: () => Promise<T>, lang: Language, debug = false): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    return sayProblem(error, lang, debug);
  }
}

function sayProblem(error: unknown, lang: Language, debug: boolean): undefined {
  if (!(error instanceof HostError)) throw error;
  process.stderr.write(`oomkit: ${renderMessage(error.problem, { lang })}\n`);
  if (debug) process.stderr.write(`${error.stack}\n`);
  process.exitCode = NOT_FOUND.has(error.code) ? ExitCode.NothingFound : ExitCode.Unreadable;
  return undefined;
}
