import { type CauseId, type Citation, MIB, message } from '../model/index.js';
import type { CaseFile } from './case-file.js';
import type { Finding } from './rule.js';

/** What filled the memory may be surer than this only where nothing is missing that could show another cause. */
const NOT_SURE = 0.79;
/** Where the charge is a sum without the kernel's own total, it may be a fraction of what was charged. */
const SUM_OF_SOME = 0.62;
/** A sum below this is hardly what filled a limit. */
const SMALL_SUM = 32 * MIB;
/** A process that holds this much of the charge leaves no room for a crowd or a second party. */
const HOLDS_ALMOST_ALL = 0.75;
/** anon may be this many times what the rows hold: the counters lag behind, and swap cache is in anon alone. */
const ROWS_FALL_SHORT = 1.25;

/** Causes that say what filled the limit: whose limit that was, and whether it was reached, decides on them as well. */
const FILLING: ReadonlySet<CauseId> = new Set([
  'anon-memory',
  'page-cache-writeback',
  'tmpfs',
  'kernel-memory',
  'process-count',
  'mlocked',
]);
/** Causes that others of the task table could take the place of: many processes, or a second container. */
const OF_TASKS: ReadonlySet<CauseId> = new Set(['anon-memory', 'kernel-memory', 'limit-below-baseline']);

/**
 * What the report has lost keeps a finding from being sure: less evidence must never make a surer answer. A missing line is neither
 * evidence for the finding nor against it.
 */
export function heedGaps(id: CauseId, finding: Finding | undefined, file: CaseFile): Finding | undefined {
  if (finding === undefined || !file.isMemcg || file.isClusterOnly) return finding;
  const most = isSumOfSome(file) && FILLING.has(id) ? (file.chargedBytes < SMALL_SUM ? 0 : SUM_OF_SOME) : NOT_SURE;
  if (finding.confidence <= most) return finding;
  const gaps = gapsFor(id, file);
  if (gaps.length === 0) return finding;
  return { ...finding, confidence: most, against: [...(finding.against ?? []), ...gaps] };
}

function isSumOfSome({ accounting, statistics }: CaseFile): boolean {
  return accounting?.chargedHow === 'derived' && statistics?.get('kernel') === undefined;
}

function gapsFor(id: CauseId, file: CaseFile): Citation[] {
  const { missing } = file.report.completeness;
  const gaps: Citation[] = [];
  if (FILLING.has(id) && missing.includes('counters')) gaps.push(file.cite(message('against.counters-missing')));
  if (FILLING.has(id) && missing.includes('oom-kill')) gaps.push(file.cite(message('against.cgroups-missing')));
  if (OF_TASKS.has(id) && !tasksAreKnown(file)) gaps.push(file.cite(message('against.tasks-missing')));
  return gaps;
}

/**
 * Every process can be seen, or one of them holds almost everything. Rows are missing where the victim has none, and where anon is
 * far more than what the rows hold: it lives in processes only.
 */
function tasksAreKnown(file: CaseFile): boolean {
  if (file.shareOf(file.holder?.anonBytes ?? 0) >= HOLDS_ALMOST_ALL) return true;
  const { completeness } = file.report;
  if (completeness.missing.includes('task-table') || completeness.truncatedEnd) return false;
  if (file.victim !== undefined && file.victimRow === undefined) return false;
  return !file.anonIsCounted || (file.line('anon')?.bytes ?? 0) <= (file.accounting?.processes?.rssBytes ?? 0) * ROWS_FALL_SHORT;
}
