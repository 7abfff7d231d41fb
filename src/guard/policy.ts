import { MIB } from '../model/index.js';
import type { FileFigures } from './figures.js';

/** Writers are held from this part of the bound on, and run again below the other: the disk has work in between. */
const HOLD_AT = 0.7;
const FREE_BELOW = 0.6;
/** They are held earlier where holds have been seen to come late, but not before this part. */
const HOLD_AT_LEAST = 0.4;
/** Taken for possible before anything was seen: what one core copies into the page cache, about 3 GB/s. */
export const FASTEST_BYTES_PER_MS = 3_000_000;
/** Sooner than a timer of Node fires late on a machine that is not overloaded. */
const SHORTEST_MS = 1;
const LONGEST_MS = 20;
const HELD_MS = 3;
/** Until a quota is felt: the scheduler looks at each tick, 4 ms at 250 Hz, and writers dirty pages until then. */
const FELT_AFTER_MS = 4;
/** A timer of 1 ms and the tick: what writers dirty in that time must fit below the bound when they are let run. */
const SLICE_MS = 2 + FELT_AFTER_MS;
const FREE_BELOW_LEAST = 0.25;
/** Half the time to the threshold: one look may come late by as much again. */
const SAFETY = 2;
/** Of the bound, the least room for cached pages, and by what it changes from look to look. */
const ROOM_LEAST = 1 / 4;
const ROOM_SHRINKS = 0.9;
const ROOM_GROWS = 1.05;
/** Mapped pages that are taken for the text of programs at most: a writer may map its files too. */
const MOST_TEXT_BYTES = 64 * MIB;
/** By which part of what is charged it comes down at most, by how much at least, and what may be charged meanwhile. */
const HIGH_STEP_SHARE = 1 / 32;
const HIGH_STEP_BYTES = 4 * MIB;
const HIGH_SLACK_BYTES = MIB;
/** Writing starts from this on: early, and in pieces a disk likes. */
const START_SHARE = 1 / 8;
const START_MOST_BYTES = 8 * MIB;

/** The smallest bound that makes sense: less than a fast writer dirties in the few milliseconds between two looks. */
export const LEAST_DIRTY_BYTES = 4 * MIB;

/** What is to be kept near: what waits for the disk, and all cached pages of files. */
export interface GuardBounds {
  readonly dirtyBytes: number;
  readonly cacheBytes: number;
}

/** What the next step depends on. */
export interface Situation {
  readonly boundBytes: number;
  /** Dirty and under writeback. */
  readonly dirtyBytes: number;
  /** The highest growth of late, 0 when there was none. */
  readonly growthBytesPerMs: number;
  /** By how much the dirty bytes have grown past the look that held, at most: what the tick and a busy machine cost so far. */
  readonly overshootBytes: number;
  readonly isHeld: boolean;
}

/** Whether the writers are to be held now, and when to look again. */
export interface Step {
  readonly hold: boolean;
  readonly nextLookMs: number;
  /** What is dirtied until a timer fires is so much of the bound that a timer is too coarse. */
  readonly isTight: boolean;
}

/** Where nothing holds: how often to look whether there is something to write. */
export const WITHOUT_HOLD: Step = { hold: false, nextLookMs: 10, isTight: false };

/**
 * For a hold that is felt late and by all that the writers do. Holds at 70 % of the bound, earlier where it was felt late, and
 * before that when the growth seen would pass the bound before the next look: hold first, look after. Between two looks passes
 * half the time in which a writer of 3 GB/s, or the faster one that was seen, gets there.
 */
export function stepByQuota({ boundBytes, dirtyBytes, growthBytesPerMs, overshootBytes, isHeld }: Situation): Step {
  const isTight = growthBytesPerMs * SLICE_MS > (1 - HOLD_AT) * boundBytes;
  const holdAt = Math.max(HOLD_AT_LEAST, Math.min(HOLD_AT, 1 - overshootBytes / boundBytes));
  const roomBytes = holdAt * boundBytes - dirtyBytes;
  const slice = Math.max(growthBytesPerMs * SLICE_MS, overshootBytes) / boundBytes;
  const freeBelow = Math.max(FREE_BELOW_LEAST, Math.min(FREE_BELOW, 1 - slice));
  if (isHeld && dirtyBytes >= freeBelow * boundBytes) return { hold: true, nextLookMs: HELD_MS, isTight };
  const fastest = Math.max(FASTEST_BYTES_PER_MS, growthBytesPerMs);
  const nextLookMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, roomBytes / fastest / SAFETY));
  const overshoots = dirtyBytes + growthBytesPerMs * (nextLookMs + FELT_AFTER_MS) > boundBytes;
  const hold = roomBytes <= 0 || (overshoots && dirtyBytes >= boundBytes / 2);
  return { hold, nextLookMs: hold ? HELD_MS : nextLookMs, isTight };
}

/**
 * For a hold that only who dirties more pages feels: it begins as soon as enough waits to be written, and ends when half of that
 * does.
 */
export function stepByHigh({ boundBytes, dirtyBytes, isHeld }: Situation): Step {
  const hold = dirtyBytes >= writeFromBytes(boundBytes) / (isHeld ? 2 : 1);
  const roomMs = (boundBytes / 2 - dirtyBytes) / FASTEST_BYTES_PER_MS;
  return { hold, nextLookMs: hold ? HELD_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, roomMs)), isTight: false };
}

/**
 * How many cached pages the kernel is to leave, in bytes. It lets a part of them be dirty (vm.dirty_ratio, 20 % unless it was set),
 * where the file system knows whose pages it writes; else all of them. So the room is what `--cache` says, and becomes smaller
 * while more is dirty than wanted.
 */
export function roomAfter(roomBytes: number, dirtyBytes: number, { dirtyBytes: bound, cacheBytes }: GuardBounds): number {
  if (dirtyBytes > HOLD_AT * bound) return Math.max(bound * ROOM_LEAST, roomBytes * ROOM_SHRINKS);
  return dirtyBytes < bound / 2 ? Math.min(cacheBytes, roomBytes * ROOM_GROWS) : roomBytes;
}

/**
 * Where memory.high is to be, in bytes: room for cached pages above all else the cgroup is charged, the text of its programs among
 * it. It comes down by no more than there are clean pages to drop, and in steps: to write less than that takes seconds, and far
 * above it who is charged one page more waits for seconds (mm/memcontrol.c, memory_high_write(), calculate_high_delay(), 6.18).
 */
export function highBytes(usageBytes: number, figures: FileFigures, roomBytes: number, setBytes = Infinity): number {
  const { cachedBytes = 0, mappedBytes, dirtyBytes } = figures;
  const textBytes =
    mappedBytes === undefined ? MOST_TEXT_BYTES : Math.min(MOST_TEXT_BYTES, Math.max(0, mappedBytes - dirtyBytes));
  const aimBytes = Math.max(0, usageBytes - cachedBytes) + textBytes + roomBytes;
  const cleanBytes = Math.max(0, cachedBytes - dirtyBytes - textBytes);
  const stepBytes = Math.min(cleanBytes, Math.max(HIGH_STEP_BYTES, usageBytes * HIGH_STEP_SHARE));
  const nextBytes = Math.max(aimBytes, usageBytes - stepBytes + HIGH_SLACK_BYTES);
  // What has gone past it is no reason to raise it.
  return aimBytes <= setBytes ? Math.min(nextBytes, setBytes) : nextBytes;
}

/** From how many dirty bytes on, those under writeback left out, writing is started. */
export function writeFromBytes(boundBytes: number): number {
  return Math.min(START_MOST_BYTES, boundBytes * START_SHARE);
}
