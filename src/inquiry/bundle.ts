import { diagnose } from '../diagnosis/index.js';
import { message } from '../model/index.js';
import { liveFactsOf } from '../sources/bundle/live-facts.js';
import { KERNEL_LOG, LIVE_FACTS } from '../sources/bundle/manifest.js';
import type { Bundle } from '../sources/bundle/open-bundle.js';
import { liveReport, type Observation } from '../sources/cgroup/live.js';
import { toIncident } from '../sources/kernel-log/incident.js';
import { parseKernelLog } from '../sources/kernel-log/parser.js';
import { mergeLiveFacts } from './bundle/merge.js';
import { heapsOf, mergeHeaps } from './bundle/merge-heap.js';
import { inspectionOf } from './inspection.js';
import { type IncidentCriteria, selectIncidents } from './select-incidents.js';
import type { DocumentVerdict } from './verdict.js';

/** Diagnoses a bundle: its kernel log, held against the live facts and heap profiles beside it. `path` names it in citations. */
export async function bundleVerdict(bundle: Bundle, path: string, criteria: IncidentCriteria): Promise<DocumentVerdict> {
  const log = bundle.files.get(KERNEL_LOG);
  const all = log === undefined ? [] : parseKernelLog(log, `${path}!${KERNEL_LOG}`).map(toIncident);
  const incidents = selectIncidents(all, criteria);
  const live = liveFactsOf(bundle, path);
  const warnings = [
    ...bundle.problems,
    ...(live === undefined && bundle.files.has(LIVE_FACTS) ? [message('bundle.no-live-facts', { path })] : []),
  ];
  if (incidents.length > 0) {
    const heaps = await heapsOf(bundle, path);
    const diagnoses = incidents.map((incident) => mergeHeaps(mergeLiveFacts(diagnose(incident), all, live ?? []), heaps));
    return { kind: 'diagnoses', diagnoses, warnings };
  }
  const fullest = fullestOf(live ?? [], criteria);
  if (fullest === undefined) {
    const nothing = message(bundle.problems.length > 0 ? 'found.nothing-in-part' : 'found.nothing', {
      where: { kind: 'message', value: message('found.input', { first: path }) },
    });
    return { kind: 'diagnoses', diagnoses: [], warnings: [...warnings, nothing] };
  }
  const state = message('bundle.from-live-facts', { path, time: fullest.target.observedAt });
  return { kind: 'inspection', inspection: inspectionOf(fullest, path), warnings: [...warnings, state] };
}

/** Of the cgroups that meet the criteria the one nearest to its limit. */
function fullestOf(observed: readonly Observation[], criteria: IncidentCriteria): Observation | undefined {
  const matching = observed.filter(({ target }) => selectIncidents([toIncident(liveReport(target))], criteria).length > 0);
  return matching.sort((a, b) => share(b) - share(a))[0];
}

function share({ target: { memory }, limited }: Observation): number {
  const { effectiveLimit } = memory;
  return effectiveLimit === undefined ? 0 : limited.memory.counters.memory.usageBytes / Math.max(1, effectiveLimit.bytes);
}
