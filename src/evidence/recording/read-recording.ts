import { readFileSync, statSync } from 'node:fs';
import { MIB, type RecordedMoment, type Recording } from '../../model/index.js';
import { BundleError } from '../bundle/error.js';
import { isCgroupMemory, isNumber, isOptional, isProcess, isText, isWritableFile } from '../bundle/live-facts.js';
import { isRecord, parseJson } from '../bundle/manifest.js';
import type { LiveCgroup } from '../live.js';
import type { Observation } from '../observe.js';

/** A recording has half a megabyte, and the kernel's log in it at most 4 MiB. */
const MOST_BYTES = 64 * MIB;

/** Reads the recording out of a run's file. What it says is checked, not believed. Throws a BundleError when it cannot be used. */
export function readRecording(path: string): Recording {
  let text: string;
  try {
    if (statSync(path).size > MOST_BYTES) throw new BundleError('too-large', path);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('read', path, { detail: error instanceof Error ? error.message : '' });
  }
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
