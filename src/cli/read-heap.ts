import { findCgroup } from '../sources/cgroup/find.js';
import { readCgroupMemory } from '../sources/cgroup/memory.js';
import { findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { type HeapChoice, type HeapFindings, heapFindings } from '../sources/heap/heap-findings.js';
import { readGoRuntime, readHeapLocation } from '../sources/heap/heap-reading.js';
import { HostError } from '../sources/host/error.js';
import { thisHost } from '../sources/host/host.js';
import { shownLocation } from '../sources/secrets/url.js';
import type { Language } from '../words/language.js';
import { sayHeapProblem } from './heap-problem.js';
import { readHost } from './host-problem.js';

/** What the command line of `oomkit heap` asks for. */
export interface HeapRequest extends HeapChoice {
  readonly base?: string;
  readonly rss?: number;
  readonly charged?: number;
  readonly cgroup?: string;
  readonly debug?: boolean;
}

/** Reads heap data and what it is held against. Undefined when that failed: it is said, and the exit code set. */
export async function readHeapEvidence(
  location: string,
  request: HeapRequest,
  lang: Language,
): Promise<HeapFindings | undefined> {
  const { base, rss, cgroup, debug } = request;
  const charged = cgroup === undefined ? request.charged : readHost(() => chargeOf(cgroup), lang, debug);
  if (cgroup !== undefined && charged === undefined) return undefined;
  const shares = {
    ...(rss === undefined ? {} : { rssBytes: rss }),
    ...(charged === undefined ? {} : { chargedBytes: charged }),
  };
  let reading = location;
  try {
    const document = await readHeapLocation(location, process.stdin);
    const runtime = document.format === 'pprof' ? await readGoRuntime(location) : undefined;
    reading = base ?? location;
    const baseDocument = base === undefined ? undefined : await readHeapLocation(base, process.stdin);
    const inputs = {
      source: shownLocation(location),
      document,
      ...(baseDocument === undefined ? {} : { base: baseDocument }),
      ...(runtime === undefined ? {} : { runtime }),
    };
    reading = location;
    return heapFindings(inputs, shares, request);
  } catch (error) {
    sayHeapProblem(error, reading, lang, debug);
    return undefined;
  }
}

/** What a live cgroup is charged now. Throws a HostError. */
function chargeOf(target: string): number {
  const hierarchy = findMemoryHierarchy(thisHost);
  const memory = readCgroupMemory(hierarchy, findCgroup(thisHost, hierarchy, target));
  if (memory === undefined) throw new HostError('no-match', target);
  return memory.counters.memory.usageBytes;
}
