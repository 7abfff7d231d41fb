import { anonymousMemory } from './entries/anonymous-memory.js';
import { cgroup } from './entries/cgroup.js';
import { cgroupFiles } from './entries/cgroup-files.js';
import { charge } from './entries/charge.js';
import { constraints } from './entries/constraints.js';
import { gfpCombinations } from './entries/gfp-combinations.js';
import { gfpModifiers } from './entries/gfp-modifiers.js';
import { gfpPlacement } from './entries/gfp-placement.js';
import { kernelMemory } from './entries/kernel-memory.js';
import { killing } from './entries/killing.js';
import { kubernetes } from './entries/kubernetes.js';
import { logText } from './entries/log-text.js';
import { memInfo } from './entries/mem-info.js';
import { nodePressure } from './entries/node-pressure.js';
import { oomReport } from './entries/oom-report.js';
import { oomkitTerms } from './entries/oomkit-terms.js';
import { pageCache } from './entries/page-cache.js';
import { pageEvents } from './entries/page-events.js';
import { reclaim } from './entries/reclaim.js';
import { taskTable } from './entries/task-table.js';
import { writeback } from './entries/writeback.js';
import { zones } from './entries/zones.js';
import { type GlossaryEntry, type GlossaryTopic, type TopicEntry, topics } from './entry.js';

const entriesOf: Readonly<Record<GlossaryTopic, readonly TopicEntry[]>> = {
  oomkit: oomkitTerms,
  accounting: [...charge, ...anonymousMemory, ...pageCache, ...kernelMemory],
  reclaim: [...reclaim, ...pageEvents],
  writeback,
  cgroup: [...cgroup, ...cgroupFiles],
  'oom-report': [...oomReport, ...logText],
  constraints,
  processes: [...taskTable, ...killing],
  'gfp-flags': [...gfpCombinations, ...gfpModifiers, ...gfpPlacement],
  'node-memory': [...zones, ...memInfo],
  kubernetes: [...kubernetes, ...nodePressure],
};

const terms: readonly GlossaryEntry[] = topics.flatMap((topic) => entriesOf[topic].map((entry) => ({ ...entry, topic })));

/** Every term, topic by topic, related terms beside each other. */
export function listTerms(): readonly GlossaryEntry[] {
  return terms;
}
