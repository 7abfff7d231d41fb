import {
  bytes,
  type LabComparison,
  type LabRun,
  type LabVariant,
  type Message,
  nested,
  type PeakMemory,
  seconds,
} from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { say } from './words.js';

/** The parts of a peak in the order they are shown, each with its name. */
export const PEAK_ROWS = [
  ['chargedBytes', 'lab.part.charged'],
  ['unreclaimableBytes', 'lab.part.unreclaimable'],
  ['anonBytes', 'line.anon'],
  ['fileBytes', 'line.file'],
  ['dirtyBytes', 'part.dirty'],
  ['writebackBytes', 'part.writeback'],
  ['shmemBytes', 'line.shmem'],
  ['kernelBytes', 'line.kernel'],
  ['swapBytes', 'lab.part.swap'],
] as const satisfies readonly (readonly [keyof PeakMemory, LabelKey])[];

/** Of the limit: what stays below it was never near. */
const AWAY_FROM_LIMIT = 0.9;
/** Of the limit: so much that cannot be reclaimed is what reclaim fails over. */
const PINNED = 0.5;
/** Runs that differ by less are equally fast. */
const EQUALLY_FAST = 1.05;

/** How the run ended, and what that says of its memory. */
export function runVerdict(run: LabRun): Message[] {
  return [ending(run), ...besides(run)];
}

function ending({ command, endedBy, notStarted, exitCode, signal, wallSeconds }: LabRun): Message {
  const common = { command: command[0] ?? '', time: seconds(wallSeconds) };
  if (notStarted !== undefined) return say('lab.verdict.not-started', { command: common.command, code: notStarted.code });
  if (endedBy === 'oom-killer') return say('lab.verdict.oom-killed', common);
  if (endedBy === 'unknown') return say('lab.verdict.unknown', common);
  if (signal === 'SIGKILL') return say('lab.verdict.not-oom', common);
  if (signal !== undefined) return say('lab.verdict.signal', { ...common, signal });
  return exitCode === 0 ? say('lab.verdict.done', common) : say('lab.verdict.failed', { ...common, code: String(exitCode) });
}

function besides({ oomKilled, oomKills, endedBy, limitHits, limitBytes, peak }: LabRun): Message[] {
  const others = oomKills - (oomKilled ? 1 : 0);
  if (oomKills > 0) return others > 0 && endedBy !== 'unknown' ? [say('lab.verdict.children', { count: others })] : [];
  if (limitBytes === undefined || limitHits === 0) return [];
  if (peak.unreclaimableBytes < PINNED * limitBytes) return [say('lab.verdict.near', { limit: bytes(limitBytes) })];
  return [say('lab.verdict.hurried', { limit: bytes(limitBytes), pinned: bytes(peak.unreclaimableBytes) })];
}

/** What was measured beside the peaks: the key of each label, and its value. */
export function runFacts(run: LabRun): { readonly label: LabelKey; readonly value: Message }[] {
  const { limitBytes, ancestorLimitBytes, limitHits, reclaimFailures, stalledSeconds, writtenBytes, strays, sampling } = run;
  const version = run.recording.cgroupVersion;
  const size = (value: number): Message => say('value', { value: bytes(value) });
  return [
    {
      label: 'lab.fact.limit',
      value:
        limitBytes === undefined
          ? say('lab.limit.none')
          : ancestorLimitBytes === undefined
            ? size(limitBytes)
            : say('lab.limit.ancestor', { limit: bytes(limitBytes), ancestor: bytes(ancestorLimitBytes) }),
    },
    { label: 'lab.fact.hits', value: say(`lab.hits.v${version}`, { count: limitHits }) },
    {
      label: 'lab.fact.failures',
      value: reclaimFailures === undefined ? say('lab.failures.v1') : say('lab.failures.v2', { count: reclaimFailures }),
    },
    {
      label: 'lab.fact.stalled',
      value: stalledSeconds === undefined ? say('lab.stalled.v1') : say('lab.stalled.v2', { time: seconds(stalledSeconds) }),
    },
    ...(writtenBytes === undefined || writtenBytes === 0
      ? []
      : [{ label: 'lab.fact.written' as const, value: size(writtenBytes) }]),
    ...(strays === 0 ? [] : [{ label: 'lab.fact.strays' as const, value: say('lab.strays', { count: strays }) }]),
    {
      label: 'lab.fact.sampling',
      value: say('lab.sampling', {
        count: sampling.samples,
        median: seconds(sampling.medianSeconds),
        longest: seconds(sampling.longestSeconds),
        cpu: seconds(sampling.cpuSeconds),
      }),
    },
  ];
}

/** What a comparison says of each variant: whether it is safe at this limit, and what it costs. */
export function variantVerdicts({ variants, limitBytes }: LabComparison): Message[] {
  const whole = variants.filter(({ succeeded, runs }) => succeeded === runs.length && runs.length > 0);
  const fastest = Math.min(...whole.map(({ wallSeconds }) => wallSeconds.median));
  return variants.map((variant) => variantVerdict(variant, limitBytes, fastest));
}

function variantVerdict(variant: LabVariant, limitBytes: number | undefined, fastest: number): Message {
  const { name, runs, succeeded, withOomKills, peak, limitHits, wallSeconds } = variant;
  const times = wallSeconds.median / fastest;
  const cost = nested(
    times <= EQUALLY_FAST || !Number.isFinite(times)
      ? say('lab.compare.fastest')
      : say('lab.compare.slower', { times: times.toFixed(2) }),
  );
  if (withOomKills > 0) return say('lab.compare.unsafe', { name, kills: withOomKills, runs: runs.length });
  if (succeeded < runs.length) return say('lab.compare.failed', { name, failures: runs.length - succeeded, runs: runs.length });
  const pinned = bytes(peak.unreclaimableBytes?.max ?? 0);
  const away = limitBytes === undefined || (limitHits.max === 0 && (peak.chargedBytes?.max ?? 0) < AWAY_FROM_LIMIT * limitBytes);
  if (away) return say('lab.compare.safe', { name, pinned, cost });
  return (peak.unreclaimableBytes?.max ?? 0) < PINNED * limitBytes
    ? say('lab.compare.clean', { name, pinned, cost })
    : say('lab.compare.reclaimed', { name, pinned, hits: limitHits.max, cost });
}

/** The runs that did not end as they should, each with how it ended. */
export function failures({ variants }: LabComparison): Message[] {
  return variants.flatMap(({ name, runs }) =>
    runs
      .filter(({ exitCode, oomKills }) => exitCode !== 0 || oomKills > 0)
      .map((run) =>
        say('lab.compare.failure', { name, round: String(run.round ?? 1), what: nested(runVerdict(run)[0] ?? say('none')) }),
      ),
  );
}
