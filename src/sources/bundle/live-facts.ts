import type { CgroupMemory, ProcessMemory, WritableFile } from '../../model/index.js';
import type { LiveCgroup, Observation } from '../cgroup/live.js';
import { isRecord, LIVE_FACTS, parseJson } from './manifest.js';
import type { Bundle } from './open-bundle.js';

/**
 * The cgroups a bundle observed, under citations that name the bundle's own files. Undefined when it has none, or when what it
 * has does not have the shape of what oomkit writes.
 */
export function liveFactsOf({ files }: Bundle, bundleName: string): readonly Observation[] | undefined {
  const content = files.get(LIVE_FACTS);
  const value = content === undefined ? undefined : parseJson(new TextDecoder().decode(content));
  if (!Array.isArray(value) || !value.every(isObservation)) return undefined;
  return value.map((observation) => {
    const target = citedIn(observation.target, bundleName);
    const isOwn = observation.limited.memory.path === observation.target.memory.path;
    return { ...observation, target, limited: isOwn ? target : citedIn(observation.limited, bundleName) };
  });
}

function citedIn(cgroup: LiveCgroup, bundleName: string): LiveCgroup {
  const { memory, processes } = cgroup;
  return {
    ...cgroup,
    memory: { ...memory, directory: `${bundleName}!cgroup${memory.path === '/' ? '' : memory.path}` },
    processes: processes.map((process) => ({ ...process, source: `${bundleName}!process/${process.pid}/status` })),
  };
}

function isObservation(value: unknown): value is Observation {
  return (
    isRecord(value) &&
    isLiveCgroup(value.target) &&
    isLiveCgroup(value.limited) &&
    isSize(value.freeSwapBytes) &&
    Array.isArray(value.writableFiles) &&
    value.writableFiles.every(isWritableFile)
  );
}

function isLiveCgroup(value: unknown): value is LiveCgroup {
  return (
    isRecord(value) &&
    typeof value.observedAt === 'string' &&
    isOptional(value.pageSizeBytes, isPositive) &&
    isOptional(value.kernelRelease, isText) &&
    isCgroupMemory(value.memory) &&
    Array.isArray(value.processes) &&
    value.processes.every(isProcess)
  );
}

export function isCgroupMemory(value: unknown): value is CgroupMemory {
  if (!isRecord(value) || !isText(value.path) || !isText(value.directory)) return false;
  const { version, usage, workingSetBytes, effectiveLimit, counters, events, localEvents, pressure, stat } = value;
  return (
    (version === 1 || version === 2) &&
    isUsage(usage) &&
    isOptional(workingSetBytes, isSize) &&
    isOptional(effectiveLimit, (limit) => isRecord(limit) && isSize(limit.bytes) && isOptional(limit.path, isText)) &&
    isRecord(counters) &&
    isCounter(counters.memory) &&
    Object.values(counters).every(isCounter) &&
    isNumbers(events) &&
    isOptional(localEvents, isNumbers) &&
    isOptional(pressure, (lines) => isRecord(lines) && isNumbers(lines.some) && isOptional(lines.full, isNumbers)) &&
    isNumbers(stat)
  );
}

/** Sizes, and one level of groups of them. */
function isUsage(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((part) => isSize(part) || isNumbers(part));
}

function isCounter(value: unknown): boolean {
  return isNumbers(value) && isSize(value.usageBytes);
}

const PROCESS_NUMBERS = ['pid', 'tgid', 'uid', 'totalVmBytes', 'rssBytes', 'oomScoreAdj'] as const;
const PROCESS_OPTIONAL_NUMBERS = [
  'parentPid',
  'rssAnonBytes',
  'rssFileBytes',
  'rssShmemBytes',
  'pssBytes',
  'swapBytes',
  'lockedBytes',
  'pageTablesBytes',
  'threads',
] as const;

export function isProcess(value: unknown): value is ProcessMemory {
  return (
    isRecord(value) &&
    PROCESS_NUMBERS.every((name) => isNumber(value[name])) &&
    PROCESS_OPTIONAL_NUMBERS.every((name) => isOptional(value[name], isSize)) &&
    [value.comm, value.cgroup, value.source].every(isText) &&
    isOptional(value.startedAt, isText) &&
    Array.isArray(value.commandLine) &&
    value.commandLine.every(isText)
  );
}

export function isWritableFile(value: unknown): value is WritableFile {
  return (
    isRecord(value) &&
    [value.pid, value.fd, value.positionBytes, value.sizeBytes].every(isNumber) &&
    isText(value.path) &&
    [value.device, value.fileSystem, value.mountSource].every((text) => isOptional(text, isText))
  );
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every(isNumber);
}

export function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isSize(value: unknown): value is number {
  return isNumber(value) && value >= 0;
}

function isPositive(value: unknown): value is number {
  return isNumber(value) && value > 0;
}
