import { diagnose } from '../../diagnosis/index.js';
import { BundleError } from '../../evidence/bundle/error.js';
import { toIncident } from '../../evidence/incident.js';
import { liveReport } from '../../evidence/live.js';
import { observationAt, readRecording } from '../../evidence/recording/read-recording.js';
import { type IncidentCriteria, selectIncidents } from '../../evidence/select-incidents.js';
import { parseKernelLog } from '../../kernel-log/index.js';
import { type Diagnosis, type Message, message, type Recording } from '../../model/index.js';
import type { Language } from '../../report/language.js';
import { renderMessage } from '../../report/messages/render.js';
import type { BundleVerdict } from '../diagnose-bundle.js';
import { ExitCode } from '../exit-code.js';
import { inspectionOf } from '../inspect-cgroup.js';

/** The same as diagnoseBundle() for the recording of a run. */
export function diagnoseRecording(path: string, criteria: IncidentCriteria, lang: Language): BundleVerdict | undefined {
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  try {
    const verdict = verdictOf(readRecording(path), path, criteria);
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

/**
 * The diagnoses of the kills in a recording: from the kernel's own reports; without them, from the last sample before the kill.
 */
export function diagnosesOf(recording: Recording, source: string, criteria: IncidentCriteria = {}): Diagnosis[] {
  const { kernelLog, beforeKill } = recording;
  const all = kernelLog === undefined ? [] : parseKernelLog(kernelLog, `${source}!kernel.log`).map(toIncident);
  if (all.length > 0) return selectIncidents(all, criteria).map((incident) => diagnose(incident));
  if (beforeKill === undefined) return [];
  const incident = toIncident(liveReport(observationAt(recording, beforeKill, source).target));
  return selectIncidents([incident], criteria).map((only) => {
    const diagnosis = diagnose(only);
    return { ...diagnosis, warnings: [...diagnosis.warnings, message('lab.warning.from-last-sample')] };
  });
}

function verdictOf(recording: Recording, path: string, criteria: IncidentCriteria): BundleVerdict {
  const diagnoses = diagnosesOf(recording, path, criteria);
  if (diagnoses.length > 0) return { kind: 'diagnoses', diagnoses, warnings: [] };
  const { atPeak } = recording;
  if (atPeak === undefined) {
    const nothing = message('found.nothing', { where: { kind: 'message', value: message('found.input', { first: path }) } });
    return { kind: 'diagnoses', diagnoses: [], warnings: [nothing] };
  }
  const inspection = inspectionOf(observationAt(recording, atPeak, path), path);
  return { kind: 'inspection', inspection, warnings: [message('lab.at-peak', { path, time: inspection.observedAt })] };
}
