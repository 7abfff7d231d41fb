import { inspectionOf } from '../inquiry/inspection.js';
import type { Inspection } from '../render/index.js';
import { findCgroup } from '../sources/cgroup/find.js';
import { findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { observeCgroup } from '../sources/cgroup/observe.js';
import type { Host } from '../sources/host/host.js';

/** Observes what the user means, accounts for it, and diagnoses a kill at its effective limit. Throws a HostError. */
export function inspectCgroup(host: Host, query: string, now: Date): Inspection {
  const hierarchy = findMemoryHierarchy(host);
  const path = findCgroup(host, hierarchy, query);
  return inspectionOf(observeCgroup(host, hierarchy, path, now), query);
}
