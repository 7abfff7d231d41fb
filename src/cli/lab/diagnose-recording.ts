import { recordingVerdict } from '../../documents/recording.js';
import type { DocumentVerdict } from '../../documents/verdict.js';
import { BundleError } from '../../evidence/bundle/error.js';
import { readRecording } from '../../evidence/recording/read-recording.js';
import type { IncidentCriteria } from '../../evidence/select-incidents.js';
import type { Message } from '../../model/index.js';
import type { Language } from '../../report/language.js';
import { renderMessage } from '../../report/messages/render.js';
import { ExitCode } from '../exit-code.js';

/** The same as diagnoseBundle() for the recording of a run. */
export function diagnoseRecording(path: string, criteria: IncidentCriteria, lang: Language): DocumentVerdict | undefined {
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  try {
    const verdict = recordingVerdict(readRecording(path), path, criteria);
    for (const warning of verdict.warnings) say(warning);
    const isEmpty = verdict.kind === 'diagnoses' && verdict.diagnoses.length === 0;
    process.exitCode = isEmpty ? ExitCode.NothingFound : ExitCode.Done;
    return verdict;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    say(error.problem);
    process.exitCode = ExitCode.Unreadable;
    return undefined;
  }
}
