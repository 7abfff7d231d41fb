import { findCgroup, findMemoryHierarchy } from '../cgroup/index.js';
import { inspectionOf } from '../documents/inspection.js';
import { observeCgroup } from '../evidence/observe.js';
import type { Host } from '../host/index.js';
import type { Inspection } from '../report/index.js';

/** Observes what the user means, accounts for it, and diagnoses a kill at its effective limit. Throws a HostError. */
export function inspectCgroup(host: Host, query: string, now: Date): Inspection {
  const hierarchy = findMemoryHierarchy(host);
  const path = findCgroup(host, hierarchy, query);
  return inspectionOf(observeCgroup(host, hierarchy, path, now), query);
}
