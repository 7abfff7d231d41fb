import { recordingVerdict } from '../../inquiry/recording.js';
import type { IncidentCriteria } from '../../inquiry/select-incidents.js';
import type { DocumentVerdict } from '../../inquiry/verdict.js';
import type { Message } from '../../model/index.js';
import { BundleError } from '../../sources/bundle/error.js';
import { readRecording } from '../../sources/recording/read-recording.js';
import type { Language } from '../../words/language.js';
import { renderMessage } from '../../words/messages/render.js';
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
