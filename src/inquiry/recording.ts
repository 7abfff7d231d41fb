import { diagnose } from '../diagnosis/index.js';
import { type Diagnosis, message, type Recording } from '../model/index.js';
import { liveReport } from '../sources/cgroup/live.js';
import { toIncident } from '../sources/kernel-log/incident.js';
import { parseKernelLog } from '../sources/kernel-log/parser.js';
import { observationAt } from '../sources/recording/recording.js';
import { inspectionOf } from './inspection.js';
import { type IncidentCriteria, selectIncidents } from './select-incidents.js';
import type { DocumentVerdict } from './verdict.js';

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

/** What a recording says; without a kill, of the moment at which most could not be reclaimed. `path` names it in citations. */
export function recordingVerdict(recording: Recording, path: string, criteria: IncidentCriteria): DocumentVerdict {
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
