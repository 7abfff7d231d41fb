import { diagnose } from '../diagnosis/index.js';
import { BundleError } from '../evidence/bundle/error.js';
import { liveFactsOf } from '../evidence/bundle/live-facts.js';
import { KERNEL_LOG, LIVE_FACTS } from '../evidence/bundle/manifest.js';
import { mergeLiveFacts } from '../evidence/bundle/merge.js';
import { heapsOf, mergeHeaps } from '../evidence/bundle/merge-heap.js';
import { type Bundle, readBundle } from '../evidence/bundle/read-bundle.js';
import { toIncident } from '../evidence/incident.js';
import { liveReport } from '../evidence/live.js';
import type { Observation } from '../evidence/observe.js';
import { type IncidentCriteria, selectIncidents } from '../evidence/select-incidents.js';
import { parseKernelLog } from '../kernel-log/index.js';
import { type Diagnosis, type Message, message } from '../model/index.js';
import type { Inspection } from '../report/index.js';
import type { Language } from '../report/language.js';
import { renderMessage } from '../report/messages/render.js';
import { ExitCode } from './exit-code.js';
import { inspectionOf } from './inspect-cgroup.js';

/** What a bundle says: why processes were killed or, when no kill is in it, what a kill would have been blamed on. */
export type BundleVerdict =
  | { readonly kind: 'diagnoses'; readonly diagnoses: readonly Diagnosis[]; readonly warnings: readonly Message[] }
  | { readonly kind: 'inspection'; readonly inspection: Inspection; readonly warnings: readonly Message[] };

/**
 * Reads and diagnoses a bundle, says on standard error what is wrong with it, and sets the exit code. A bundle that cannot be
 * read gives undefined.
 */
export async function diagnoseBundle(
  path: string,
  criteria: IncidentCriteria,
  lang: Language,
): Promise<BundleVerdict | undefined> {
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  try {
    const bundle = await readBundle(path);
    const verdict = await verdictOf(bundle, path, criteria);
    for (const warning of verdict.warnings) say(warning);
    const isEmpty = verdict.kind === 'diagnoses' && verdict.diagnoses.length === 0;
    process.exitCode = bundle.problems.length > 0 ? ExitCode.PartlyRead : isEmpty ? ExitCode.NothingFound : ExitCode.Done;
    return verdict;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    say(error.problem);
    process.exitCode = ExitCode.Unreadable;
    return undefined;
  }
}

async function verdictOf(bundle: Bundle, path: string, criteria: IncidentCriteria): Promise<BundleVerdict> {
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
    const nothing = message('found.nothing', { where: { kind: 'message', value: message('found.input', { first: path }) } });
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
