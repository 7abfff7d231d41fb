import { bundleVerdict } from '../inquiry/bundle.js';
import type { IncidentCriteria } from '../inquiry/select-incidents.js';
import type { DocumentVerdict } from '../inquiry/verdict.js';
import type { Message } from '../model/index.js';
import { BundleError } from '../sources/bundle/error.js';
import { readBundle } from '../sources/bundle/read-bundle.js';
import type { Language } from '../words/language.js';
import { renderMessage } from '../words/messages/render.js';
import { ExitCode } from './exit-code.js';

/**
 * Reads and diagnoses a bundle, says on standard error what is wrong with it, and sets the exit code. A bundle that cannot be
 * read gives undefined.
 */
export async function diagnoseBundle(
  path: string,
  criteria: IncidentCriteria,
  lang: Language,
): Promise<DocumentVerdict | undefined> {
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  try {
    const bundle = await readBundle(path);
    const verdict = await bundleVerdict(bundle, path, criteria);
    for (const warning of verdict.warnings) say(warning);
    const isEmpty = verdict.kind === 'diagnoses' && verdict.diagnoses.length === 0;
    process.exitCode = bundle.problems.length > 0 ? ExitCode.PartlyRead : isEmpty ? ExitCode.NothingFound : ExitCode.Done;
    return verdict;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    say(error.problem);
    process.exitCode = ExitCode.Unreadable;
    return undefined;
  }
}
