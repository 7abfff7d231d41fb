import { type Citation, type Growth, type Incident, message, present, seconds, type Timeline } from '../../model/index.js';
import { leak, sawtooth } from './rising.js';
import { cite, lastKill, lastSizes, type Scene, sceneOf } from './scene.js';
import { cacheBound, flatAtLimit, spike, startUpKill } from './standing.js';
import { trendOf } from './statistics.js';
import type { Verdict } from './verdict.js';

/** Fewer samples tell nothing of how memory grew. */
const FEWEST_SAMPLES = 8;
/** With fewer than these, no judgement on a course of memory is more than plausible. */
const FEW_SAMPLES = 20;
const MOST_CONFIDENCE_OF_FEW = 0.6;
/** A kill so many samples after the last one leaves room for anything. */
const UNSEEN_SAMPLES = 5;
const MOST_CONFIDENCE_UNSEEN = 0.5;

/** In the order of how much they explain; the first that fits is the answer. */
const PATTERNS: readonly ((scene: Scene) => Verdict | undefined)[] = [cacheBound, leak, sawtooth, flatAtLimit, spike];

/**
 * Judges how a container's memory went before a kill: that at `killedAtSeconds` (since 1970), or the last one, or until now when
 * there was none; in the run of the container with the given id, where it is known. The judgement is on what cannot be reclaimed, by statistics that single samples do not move, and no surer than
 * the samples allow. Pure, never throws.
 */
export function judgeGrowth(timeline: Timeline, killedAtSeconds?: number, containerId?: string): Growth {
  const scene = sceneOf(timeline, killedAtSeconds, containerId);
  if (scene === undefined) {
    return {
      pattern: 'insufficient',
      confidence: 0.9,
      title: message('history.insufficient.title'),
      because: [cite({ timeline }, message('history.insufficient.no-samples'))],
      against: [],
      samples: 0,
      lives: timeline.lives.length,
      ...present({ killedAtSeconds: killedAtSeconds ?? lastKill(timeline)?.atSeconds }),
    };
  }
  const { need, unseenSeconds, resolutionSeconds } = scene;
  const samples = need.bytes.length;
  const verdict = startUpKill(scene) ?? (samples < FEWEST_SAMPLES ? tooFew(scene) : firstPattern(scene));
  const judgesCourse = verdict.pattern !== 'start-up-kill' && verdict.pattern !== 'insufficient';
  const unseen = unseenSeconds > UNSEEN_SAMPLES * resolutionSeconds;
  const bounds = [
    ...(judgesCourse && samples < FEW_SAMPLES ? [MOST_CONFIDENCE_OF_FEW] : []),
    ...(judgesCourse && unseen ? [MOST_CONFIDENCE_UNSEEN] : []),
  ];
  return {
    ...verdict,
    confidence: Math.round(Math.min(verdict.confidence, ...bounds) * 100) / 100,
    against: [...verdict.against, ...(judgesCourse ? doubts(scene, unseen) : [])],
    basis: need.basis,
    samples,
    lives: timeline.lives.length,
    peakBytes: Math.max(...need.bytes),
    bytesPerHour: Math.round(trendOf(need).bytesPerSecond * 3600),
    ...present({ killedAtSeconds: scene.killedAtSeconds, limitBytes: scene.limitBytes }),
    ...lastSizes(scene),
  };
}

/**
 * When an incident happened, in seconds since 1970. Undefined where its log does not say, or gives a time without its zone: a
 * judgement then takes the end that the metrics tell.
 */
export function killTime({ time }: Incident): number | undefined {
  if (time === undefined || !/(?:Z|[+-]\d\d:?\d\d)$/.test(time)) return undefined;
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

function firstPattern(scene: Scene): Verdict {
  for (const pattern of PATTERNS) {
    const verdict = pattern(scene);
    if (verdict !== undefined) return verdict;
  }
  return {
    pattern: 'unclear',
    confidence: 0.6,
    title: message('history.unclear.title'),
    because: [cite(scene, message('history.unclear.no-pattern', { count: scene.need.bytes.length }))],
    against: [],
  };
}

function tooFew(scene: Scene): Verdict {
  const { need, resolutionSeconds } = scene;
  return {
    pattern: 'insufficient',
    confidence: 0.9,
    title: message('history.insufficient.title'),
    because: [
      cite(
        scene,
        message('history.insufficient.few', { count: need.bytes.length, resolution: seconds(resolutionSeconds) }),
        need.atSeconds.at(-1),
      ),
    ],
    against: [],
  };
}

/** What makes any judgement on these samples doubtful. */
function doubts(scene: Scene, unseen: boolean): Citation[] {
  const { need, limitBytes, unseenSeconds, resolutionSeconds, killedAtSeconds } = scene;
  return [
    ...(unseen
      ? [cite(scene, message('history.against.unseen', { unseen: seconds(unseenSeconds) }), need.atSeconds.at(-1))]
      : []),
    ...(limitBytes === undefined ? [cite(scene, message('history.against.no-limit'))] : []),
    ...(need.basis === 'charge-less-file' ? [] : [cite(scene, message(`history.against.basis.${need.basis}`))]),
    ...(killedAtSeconds === undefined
      ? []
      : [cite(scene, message('history.against.resolution', { resolution: seconds(resolutionSeconds) }))]),
  ];
}
