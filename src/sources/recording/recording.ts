import { type RecordedMoment, type Recording, SAMPLE_COLUMNS } from '../../model/index.js';
import { BundleError } from '../bundle/error.js';
import { isCgroupMemory, isNumber, isOptional, isProcess, isText, isWritableFile } from '../bundle/live-facts.js';
import { isRecord, parseJson } from '../bundle/manifest.js';
import type { LiveCgroup, Observation } from '../cgroup/live.js';

/** oomkit writes these two first; another program may have laid the text out anew. */
const HEAD = /^\s*\{\s*"apiVersion":\s*"oomkit\.dev\/[\w.]{1,20}",\s*"kind":\s*"(\w{1,40})"/;

/** Which of oomkit's JSON documents a text begins as; undefined when it is none. */
export function documentKind(beginning: string): string | undefined {
  return HEAD.exec(beginning)?.[1];
}

/** The recording in the text of a run's file. What it says is checked, not believed. Throws a BundleError when it cannot be used. */
export function recordingOf(text: string, path: string): Recording {
  const run = parseJson(text);
  const recording = isRecord(run) ? run.recording : undefined;
  if (!isDiagnosable(recording)) throw new BundleError('recording', path);
  return recording;
}

/** What was there at a moment of a recording, as inspect takes it. Citations name the recording. */
export function observationAt(recording: Recording, moment: RecordedMoment, source: string): Observation {
  const { kernelRelease, pageSizeBytes, startedAt } = recording;
  const { memory, processes, writableFiles, freeSwapBytes } = moment;
  const observedAt = new Date(Date.parse(startedAt) + moment.atSeconds * 1000).toISOString();
  const target: LiveCgroup = {
    memory: { ...memory, directory: `${source}!cgroup` },
    processes: processes.map((process) => ({ ...process, source: `${source}!process/${process.pid}/status` })),
    pageSizeBytes,
    ...(kernelRelease === undefined ? {} : { kernelRelease }),
    observedAt,
  };
  return { target, limited: target, writableFiles, freeSwapBytes };
}

function isDiagnosable(value: unknown): value is Recording {
  return (
    isRecord(value) &&
    isText(value.startedAt) &&
    !Number.isNaN(Date.parse(value.startedAt)) &&
    isText(value.cgroup) &&
    isNumber(value.pageSizeBytes) &&
    value.pageSizeBytes > 0 &&
    isOptional(value.kernelRelease, isText) &&
    isOptional(value.kernelLog, isText) &&
    isOptional(value.atPeak, isMoment) &&
    isOptional(value.beforeKill, isMoment)
  );
}

/** Whether a recording can be drawn as well as diagnosed. */
export function isRecording(value: unknown): value is Recording {
  if (!isDiagnosable(value)) return false;
  const { cgroupVersion, limitBytes, series, marks } = value;
  return (
    (cgroupVersion === 1 || cgroupVersion === 2) &&
    isOptional(limitBytes, isNumber) &&
    isSeries(series) &&
    Array.isArray(marks) &&
    marks.every((mark) => isRecord(mark) && isNumber(mark.atSeconds) && isText(mark.kind) && isOptional(mark.text, isText))
  );
}

function isSeries(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { atSeconds } = value;
  if (!Array.isArray(atSeconds) || !atSeconds.every((at, index) => isNumber(at) && at >= (atSeconds[index - 1] ?? at)))
    return false;
  return SAMPLE_COLUMNS.every((name) => {
    const column = value[name];
    return (
      Array.isArray(column) && column.length === atSeconds.length && column.every((entry) => entry === null || isNumber(entry))
    );
  });
}

function isMoment(value: unknown): value is RecordedMoment {
  return (
    isRecord(value) &&
    isNumber(value.atSeconds) &&
    Math.abs(value.atSeconds) < 1e9 &&
    isNumber(value.freeSwapBytes) &&
    isCgroupMemory(value.memory) &&
    Array.isArray(value.processes) &&
    value.processes.every(isProcess) &&
    Array.isArray(value.writableFiles) &&
    value.writableFiles.every(isWritableFile)
  );
}
