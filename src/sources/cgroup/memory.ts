import type { CgroupCounter, CgroupMemory, EffectiveLimit } from '../../model/index.js';
import { HostError } from '../host/error.js';
import { readHostFile } from '../host/read-file.js';
import { directoryOf, type MemoryHierarchy } from './mounts.js';
import { parseFlatKeyed, parseLimit, parseNumber, parsePressure } from './parse.js';
import { memoryUsage, workingSetBytes } from './usage.js';

/** Limits of the cgroups above those that are read, by path; shared by the readings of one sample. */
export type LimitCache = Map<string, number | undefined>;

/** Gives the text of a cgroup's file; undefined when it is not there. */
export type ReadCgroupFile = (path: string) => string | undefined;

/** whole: every file. brief: those a table of many cgroups needs, about half; swap's limits, v1's other counters and pressure are absent. */
export type Detail = 'whole' | 'brief';

/**
 * Reads what a cgroup tells about its memory. Undefined when the cgroup is not there, or goes while it is read.
 * Throws a HostError when it may not be read, or lies outside what is mounted. `read` is for who keeps the files open.
 */
export function readCgroupMemory(
  hierarchy: MemoryHierarchy,
  path: string,
  limits: LimitCache = new Map(),
  detail: Detail = 'whole',
  read: ReadCgroupFile = readHostFile,
): CgroupMemory | undefined {
  const directory = directoryOf(hierarchy, path);
  if (directory === undefined) throw new HostError('outside-hierarchy', path, { root: hierarchy.root });
  const { version } = hierarchy;
  const stat = parseFlatKeyed(read(`${directory}/memory.stat`) ?? '');
  const counters = version === 1 ? countersOfV1(directory, detail, read) : countersOfV2(directory, stat, detail, read);
  if (counters === undefined) return undefined;
  const { events, localEvents } = version === 1 ? eventsOfV1(directory, read) : eventsOfV2(directory, detail, read);
  const hits = events.max;
  const memory = hits === undefined || version === 1 ? counters.memory : { ...counters.memory, hits };
  limits.set(path, memory.limitBytes);
  const effectiveLimit = effectiveLimitOf(hierarchy, path, stat, limits);
  const workingSet = workingSetBytes(version, stat, memory);
  // v1 has pressure of the whole machine only.
  const pressure = version === 1 || detail === 'brief' ? undefined : parsePressure(read(`${directory}/memory.pressure`));
  return {
    path,
    version,
    directory,
    usage: memoryUsage(version, stat, { ...counters, memory }),
    ...(workingSet === undefined ? {} : { workingSetBytes: workingSet }),
    ...(effectiveLimit === undefined ? {} : { effectiveLimit }),
    counters: { ...counters, memory },
    events,
    ...(localEvents === undefined ? {} : { localEvents }),
    ...(pressure === undefined ? {} : { pressure }),
    stat,
  };
}

/** The files of one v1 counter. Source: Documentation/admin-guide/cgroup-v1/memory.rst (6.18). */
function counterOfV1(directory: string, prefix: string, readFile: ReadCgroupFile): CgroupCounter | undefined {
  const read = (name: string): string | undefined => readFile(`${directory}/${prefix}${name}`);
  const usageBytes = parseNumber(read('usage_in_bytes'));
  if (usageBytes === undefined) return undefined;
  return counter(
    usageBytes,
    parseLimit(read('limit_in_bytes')),
    parseNumber(read('max_usage_in_bytes')),
    parseNumber(read('failcnt')),
  );
}

function countersOfV1(directory: string, detail: Detail, read: ReadCgroupFile): CgroupMemory['counters'] | undefined {
  const memory = counterOfV1(directory, 'memory.', read);
  if (memory === undefined) return undefined;
  if (detail === 'brief') {
    const usageBytes = parseNumber(read(`${directory}/memory.kmem.usage_in_bytes`));
    return { memory, ...(usageBytes === undefined ? {} : { kmem: { usageBytes } }) };
  }
  const memorySwap = counterOfV1(directory, 'memory.memsw.', read);
  const kmem = counterOfV1(directory, 'memory.kmem.', read);
  return { memory, ...(memorySwap === undefined ? {} : { memorySwap }), ...(kmem === undefined ? {} : { kmem }) };
}

/** v2's root has statistics and no counters: its usage is what the statistics add up to. Source: Documentation/admin-guide/cgroup-v2.rst (6.18). */
function countersOfV2(
  directory: string,
  stat: Readonly<Record<string, number>>,
  detail: Detail,
  readFile: ReadCgroupFile,
): CgroupMemory['counters'] | undefined {
  const read = (name: string): string | undefined => readFile(`${directory}/memory.${name}`);
  const current = parseNumber(read('current'));
  if (current === undefined) {
    if (stat.anon === undefined || stat.file === undefined) return undefined;
    return { memory: { usageBytes: stat.anon + stat.file + (stat.kernel ?? stat.slab ?? 0) + (stat.sock ?? 0) } };
  }
  const memory = counter(current, parseLimit(read('max')), parseNumber(read('peak')), undefined);
  const swapped = parseNumber(read('swap.current'));
  if (swapped === undefined) return { memory };
  return { memory, swap: counter(swapped, detail === 'brief' ? undefined : parseLimit(read('swap.max')), undefined, undefined) };
}

function counter(
  usageBytes: number,
  limitBytes: number | undefined,
  peakBytes: number | undefined,
  hits: number | undefined,
): CgroupCounter {
  return {
    usageBytes,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(peakBytes === undefined ? {} : { peakBytes }),
    ...(hits === undefined ? {} : { hits }),
  };
}

type Events = Pick<CgroupMemory, 'events' | 'localEvents'>;

function eventsOfV1(directory: string, read: ReadCgroupFile): Events {
  return { events: parseFlatKeyed(read(`${directory}/memory.oom_control`) ?? '') };
}

function eventsOfV2(directory: string, detail: Detail, read: ReadCgroupFile): Events {
  const local = detail === 'brief' ? undefined : read(`${directory}/memory.events.local`);
  return {
    events: parseFlatKeyed(read(`${directory}/memory.events`) ?? ''),
    ...(local === undefined ? {} : { localEvents: parseFlatKeyed(local) }),
  };
}

/** The smallest limit up the tree, the nearest of equal ones. v1 also tells of one above what is mounted, in hierarchical_memory_limit. */
function effectiveLimitOf(
  hierarchy: MemoryHierarchy,
  path: string,
  stat: Readonly<Record<string, number>>,
  limits: LimitCache,
): EffectiveLimit | undefined {
  let smallest: EffectiveLimit | undefined;
  for (let at: string | undefined = path; at !== undefined; at = parentOf(at)) {
    const bytes = limitOf(hierarchy, at, limits);
    if (bytes !== undefined && (smallest === undefined || bytes < smallest.bytes)) smallest = { bytes, path: at };
  }
  const hierarchical = parseLimit(stat.hierarchical_memory_limit?.toString());
  if (hierarchical !== undefined && (smallest === undefined || hierarchical < smallest.bytes)) return { bytes: hierarchical };
  return smallest;
}

function limitOf(hierarchy: MemoryHierarchy, path: string, limits: LimitCache): number | undefined {
  if (limits.has(path)) return limits.get(path);
  const directory = directoryOf(hierarchy, path);
  const file = hierarchy.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
  const limit = directory === undefined ? undefined : parseLimit(readHostFile(`${directory}/${file}`));
  limits.set(path, limit);
  return limit;
}

function parentOf(path: string): string | undefined {
  if (path === '/') return undefined;
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
