import type { CauseId, Citation, Growth, GrowthPattern } from '../model/index.js';
import type { Finding } from './rule.js';

/** What a judgement on growth says of a cause: for it, or against it. */
type Bearing = 'for' | 'against';

/** A judgement less sure than this is shown, and moves no cause. */
const SURE_ENOUGH = 0.5;
/** How much of the doubt a judgement of full confidence takes away, or of the confidence when it speaks against the cause. */
const WEIGHT = 0.35;

/**
 * What the course of memory before a kill says of causes that the report points to already. The report is nearer to the kill than
 * any sample, so history alone makes no cause: it supports or weakens one.
 */
export function heedHistory(id: CauseId, finding: Finding | undefined, growth: Growth | undefined): Finding | undefined {
  if (finding === undefined || growth === undefined) return finding;
  const seen = finding.against?.filter(({ statement }) => statement.key !== 'against.growth-not-seen') ?? [];
  const bearing = bearingOn(id, growth);
  if (bearing === undefined || growth.confidence < SURE_ENOUGH) return finding;
  const citations = [titleOf(growth), ...growth.because.slice(0, 1)];
  // A cache of unknown dirtiness says only that it was no anon memory: clean pages are dropped and kill nothing.
  const share = growth.pattern === 'cache-bound' && growth.pendingBytes === undefined ? 0.5 : 1;
  const weight = WEIGHT * growth.confidence * share;
  if (bearing === 'for')
    return {
      ...finding,
      confidence: finding.confidence + (1 - finding.confidence) * weight,
      because: [...finding.because, ...citations],
      against: [...seen, ...growth.against],
    };
  return { ...finding, confidence: finding.confidence * (1 - weight), against: [...(finding.against ?? []), ...citations] };
}

/** Patterns that need not tell the kind of memory to speak for a cause. */
const FOR: Readonly<Partial<Record<CauseId, readonly GrowthPattern[]>>> = {
  'anon-memory': ['sawtooth'],
  'page-cache-writeback': ['cache-bound'],
  'limit-below-baseline': ['start-up-kill', 'flat-at-limit'],
};

const GROWN_OF = { 'anon-memory': 'anon', tmpfs: 'shmem', 'kernel-memory': 'kernel' } as const;

/** Growth of another kind of memory speaks against a cause; of an unknown kind, for none. */
function bearingOn(id: CauseId, { pattern, growing }: Growth): Bearing | undefined {
  const kind = id in GROWN_OF ? GROWN_OF[id as keyof typeof GROWN_OF] : undefined;
  if (pattern === 'cache-bound' && kind !== undefined) return 'against';
  if (pattern === 'leak' || pattern === 'spike') {
    if (growing === undefined) return undefined;
    if (kind !== undefined) return kind === growing ? 'for' : 'against';
    return id === 'page-cache-writeback' || id === 'limit-below-baseline' ? 'against' : undefined;
  }
  return FOR[id]?.includes(pattern) === true ? 'for' : undefined;
}

function titleOf({ title, because }: Growth): Citation {
  return { statement: title, from: because[0]?.from ?? [] };
}
