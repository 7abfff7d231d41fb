import { message } from '../model/index.js';
import { type HeapErrorCode, HeapProfileError } from '../sources/heap/errors.js';
import { shownLocation } from '../sources/secrets/url.js';
import type { Language } from '../words/language.js';
import { renderMessage } from '../words/messages/render.js';
import { ExitCode } from './exit-code.js';

const EXIT_CODES: Readonly<Partial<Record<HeapErrorCode, number>>> = {
  empty: ExitCode.NothingFound,
  'not-a-heap-profile': ExitCode.NothingFound,
  'no-such-sample-type': ExitCode.Usage,
  'incompatible-profiles': ExitCode.Usage,
  'bad-location': ExitCode.Usage,
};

/**
 * Says on standard error what is wrong with heap data, and sets the exit code; any other error is thrown again.
 * `location` is what was being read.
 */
export function sayHeapProblem(error: unknown, location: string, lang: Language, debug = false): void {
  if (!(error instanceof HeapProfileError)) throw error;
  const problem = message(`heap.error.${error.code}`, { location: shownLocation(location), detail: error.message });
  process.stderr.write(`oomkit: ${renderMessage(problem, { lang })}\n`);
  if (debug) process.stderr.write(`${error.stack}\n`);
  process.exitCode = EXIT_CODES[error.code] ?? ExitCode.Unreadable;
}
