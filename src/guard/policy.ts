import { MIB } from '../model/index.js';

/** Writers are paused from this part of the bound on, and run again below the other: the disk has work in between. */
const PAUSE_AT = 0.7;
const RESUME_BELOW = 0.6;
/** They are paused earlier where pauses have been seen to come late, but not before this part. */
const PAUSE_AT_LEAST = 0.4;
/** Taken for possible before anything was seen: what one core copies into the page cache, about 3 GB/s. */
export const FASTEST_BYTES_PER_MS = 3_000_000;
/** Sooner than a timer of Node fires late on a machine that is not overloaded. */
const SHORTEST_MS = 1;
const LONGEST_MS = 20;
const PAUSED_MS = 3;
/** Until a freezer has stopped all threads: what they dirty meanwhile counts too. Seen on 6.18: 1 to 3 ms. */
const FREEZE_MS = 2;
/** A timer of 1 ms and the freezer: what writers dirty in that time must fit below the bound when they are let run. */
const SLICE_MS = 2 + FREEZE_MS;
const RESUME_BELOW_LEAST = 0.25;
/** Half the time to the threshold: one look may come late by as much again. */
const SAFETY = 2;
/** Writing starts from this on: early, and in pieces a disk likes. */
const START_SHARE = 1 / 8;
const START_MOST_BYTES = 8 * MIB;

/** The smallest bound that can be held: what a fast writer dirties in the few milliseconds between two looks. */
export const LEAST_DIRTY_BYTES = 4 * MIB;

/** What the next step depends on. */
export interface Situation {
  readonly boundBytes: number;
  /** Dirty and under writeback. */
  readonly dirtyBytes: number;
  /** The highest growth of late, 0 when there was none. */
  readonly growthBytesPerMs: number;
  /** By how much the dirty bytes have grown past the look that paused, at most: what the freezer and a busy machine cost so far. */
  readonly overshootBytes: number;
  readonly isPaused: boolean;
}

/** Whether the writers are to be paused now, and when to look again. */
export interface Step {
  readonly pause: boolean;
  readonly nextLookMs: number;
}

/**
 * Pauses at 70 % of the bound, earlier where pauses have come late, and before that when the growth seen would pass the bound
 * before the next look: freeze first, look after. Between two looks passes half the time in which a writer of 3 GB/s, or the
 * faster one that was seen, gets there.
 */
export function nextStep({ boundBytes, dirtyBytes, growthBytesPerMs, overshootBytes, isPaused }: Situation): Step {
  const pauseAt = Math.max(PAUSE_AT_LEAST, Math.min(PAUSE_AT, 1 - overshootBytes / boundBytes));
  const roomBytes = pauseAt * boundBytes - dirtyBytes;
  const slice = Math.max(growthBytesPerMs * SLICE_MS, overshootBytes) / boundBytes;
  const resumeBelow = Math.max(RESUME_BELOW_LEAST, Math.min(RESUME_BELOW, 1 - slice));
  if (isPaused && dirtyBytes >= resumeBelow * boundBytes) return { pause: true, nextLookMs: PAUSED_MS };
  const fastest = Math.max(FASTEST_BYTES_PER_MS, growthBytesPerMs);
  const nextLookMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, roomBytes / fastest / SAFETY));
  const overshoots = dirtyBytes + growthBytesPerMs * (nextLookMs + FREEZE_MS) > boundBytes;
  const pause = roomBytes <= 0 || (overshoots && dirtyBytes >= boundBytes / 2);
  return { pause, nextLookMs: pause ? PAUSED_MS : nextLookMs };
}

/** Whether a slice of the growth seen is so much of the bound that a timer is too coarse to end it. */
export function needsCloseWatch(boundBytes: number, growthBytesPerMs: number): boolean {
  return growthBytesPerMs * SLICE_MS > (1 - PAUSE_AT) * boundBytes;
}

/** From how many dirty bytes on, those under writeback left out, writing is started. */
export function writeFromBytes(boundBytes: number): number {
  return Math.min(START_MOST_BYTES, boundBytes * START_SHARE);
}
