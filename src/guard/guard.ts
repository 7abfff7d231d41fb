import type { GuardReport } from '../model/index.js';
import { thisHost } from '../sources/host/host.js';
import { libc } from '../sources/host/libc.js';
import { type FileFigures, readFileFigures } from './figures.js';
import { GuardedFiles } from './files.js';
import type { Pauser } from './pauser.js';
import { FASTEST_BYTES_PER_MS, needsCloseWatch, nextStep, type Step, writeFromBytes } from './policy.js';
import { DirtiedBytes } from './process-state.js';

/** New files are looked for this often while something is written, else as often as the other says. */
const SCAN_BUSY_MS = 10;
const SCAN_IDLE_MS = 100;
/** Looking for files takes a tenth of the time at most. */
const SCAN_SHARE = 10;
/** Clean pages are dropped from this part of the bound on, not more often than so many milliseconds. */
const DROP_AT = 0.75;
const DROP_PAUSE_MS = 20;
/** Of the growth seen, how much is still expected at the next look. */
const GROWTH_DECAY = 0.95;
/** So long the first moments of a guard and after a pause are watched without a timer, where a timer is too coarse. */
const CLOSE_WATCH_MS = 2;
const WARM_UPS = 20;
/** A disk that took nothing for so long while the writers were paused is not waited for; how long they then run. */
const GIVE_WAY_AFTER_MS = 10_000;
const GIVE_WAY_FOR_MS = 1000;
/** What is dirty may be of files nobody has open any more: seen by its not falling for so long. */
const LOST_AFTER_MS = 100;
/** And of files on file systems nobody was seen to use. */
const LOST_ANYWHERE_AFTER_MS = 1000;

/** What is guarded. */
export interface GuardTarget {
  readonly members: () => readonly number[];
  /** The cgroup whose statistics say what waits; without, what the processes wrote counts. */
  readonly cgroup?: { readonly version: 1 | 2; readonly directory: string };
  readonly pauser: Pauser;
  /** It has written nothing yet: all its processes ever wrote counts. */
  readonly isNew: boolean;
}

export interface GuardBounds {
  readonly dirtyBytes: number;
  readonly cacheBytes: number;
}

/** What a guard measured; the rest of the report is known by who made it. */
export type Guarded = Omit<GuardReport, 'target' | 'exitCode'>;

/** Keeps what the processes leave in the page cache under the bounds, from start() to stop(). */
export class Guard {
  readonly #target: GuardTarget;
  readonly #bounds: GuardBounds;
  readonly #libc = libc();
  readonly #files = new GuardedFiles(this.#libc);
  readonly #dirtied = new DirtiedBytes(thisHost);
  readonly #startedAt = new Date().toISOString();
  readonly #startedMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #members: readonly number[] = [];
  #firstDirtied: number | undefined;
  #dirtiedBytes: number | undefined;
  /** What of the dirtied bytes is known to be written; only where no cgroup tells. */
  #writtenMark = 0;
  #figures: FileFigures = { unstartedBytes: 0, dirtyBytes: 0 };
  #lookedMs = performance.now();
  /** The first is not known yet: taken for the highest possible. */
  #growth = FASTEST_BYTES_PER_MS;
  #isFirstLook = true;
  #pausedAtBytes = 0;
  #overshootBytes = 0;
  #scanDueMs = 0;
  #writing: Promise<void> | undefined;
  #dropping: Promise<void> | undefined;
  #dropDueMs = 0;
  #droppedBytes = 0;
  #peakDirty = 0;
  #peakCached: number | undefined;
  #pausedSinceMs: number | undefined;
  #pausedMs = 0;
  #longestMs = 0;
  #pauses = 0;
  #least = { bytes: 0, atMs: 0 };
  #freeUntilMs = 0;
  #gaveWay = 0;

  constructor(target: GuardTarget, bounds: GuardBounds) {
    this.#target = target;
    this.#bounds = bounds;
  }

  /** Before there is anything to guard: lets the compiler see the code at work, so that the first looks at a fast writer are as quick as the later ones. */
  warmUp(): void {
    for (let turn = 0; turn < WARM_UPS; turn++) {
      this.#files.scan(this.#target.members());
      this.#read();
      this.#target.pauser.pause();
      this.#target.pauser.resume();
    }
  }

  /** Looks for the first time and goes on from a timer. False when not even the figures of the processes may be read. */
  start(): boolean {
    this.#members = this.#target.members();
    if (this.#target.cgroup === undefined && this.#dirtied.read(this.#members) === undefined) return false;
    this.#lookedMs = performance.now();
    this.#tick();
    return true;
  }

  /** Whether anything is left to guard. */
  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  /** Lets the writers run at once: a signal is on its way to them. */
  letRun(): void {
    this.#resume();
  }

  /** Lets everything run, and tells what was done. */
  async stop(): Promise<Guarded> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#resume();
    const inBytes = this.#dirtiedBytes === undefined ? undefined : this.#dirtiedBytes - (this.#firstDirtied ?? 0);
    const guarded: Guarded = {
      startedAt: this.#startedAt,
      wallSeconds: (performance.now() - this.#startedMs) / 1000,
      bounds: this.#bounds,
      measuredBy: this.#target.cgroup === undefined ? 'process-io' : 'cgroup',
      pausedBy: this.#target.pauser.kind,
      writesWith: this.#libc === undefined ? 'fdatasync' : 'sync_file_range',
      peak: { dirtyBytes: this.#peakDirty, ...(this.#peakCached === undefined ? {} : { cachedBytes: this.#peakCached }) },
      ...(inBytes === undefined ? {} : { writtenBytes: Math.max(0, inBytes - this.#figures.dirtyBytes) }),
      ...(this.#peakCached === undefined || this.#libc === undefined ? {} : { droppedBytes: this.#droppedBytes }),
      pauses: this.#pauses,
      pausedSeconds: this.#pausedMs / 1000,
      longestPauseSeconds: this.#longestMs / 1000,
      gaveWay: this.#gaveWay,
      ...this.#files.summary(),
    };
    await Promise.allSettled([this.#writing, this.#dropping]);
    this.#files.close();
    return guarded;
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs >= this.#scanDueMs) this.#scan(nowMs);
    this.#look(nowMs);
    const wasPaused = this.#pausedSinceMs !== undefined;
    let { pause, nextLookMs } = this.#step();
    if (pause && nowMs >= this.#freeUntilMs) this.#pause(nowMs);
    else this.#resume();
    const isFresh = wasPaused || this.#isFirstLook;
    this.#isFirstLook = false;
    if (isFresh && !pause && needsCloseWatch(this.#bounds.dirtyBytes, this.#growth)) {
      ({ pause, nextLookMs } = this.#watchClosely());
    }
    const isEnough = this.#figures.unstartedBytes >= writeFromBytes(this.#bounds.dirtyBytes);
    if (isEnough || this.#files.hasLeftovers(nowMs)) this.#write();
    if (this.#wantsDrop(nowMs)) this.#drop(nowMs);
    this.#timer = setTimeout(() => this.#tick(), nextLookMs);
  }

  #step(): Step {
    return nextStep({
      boundBytes: this.#bounds.dirtyBytes,
      dirtyBytes: this.#figures.dirtyBytes,
      growthBytesPerMs: this.#growth,
      overshootBytes: this.#overshootBytes,
      isPaused: this.#pausedSinceMs !== undefined,
    });
  }

  /** Looks again and again until the writers are to be paused, for 2 ms at most; they then are. */
  #watchClosely(): Step {
    const startMs = performance.now();
    for (;;) {
      const nowMs = performance.now();
      this.#look(nowMs);
      const step = this.#step();
      if (step.pause) this.#pause(nowMs);
      if (step.pause || nowMs - startMs > CLOSE_WATCH_MS) return step;
    }
  }

  #scan(nowMs: number): void {
    this.#members = this.#target.members();
    this.#files.scan(this.#members);
    if (this.#target.cgroup !== undefined) this.#countDirtied();
    const costMs = performance.now() - nowMs;
    const busy = this.#growth > 0 || this.#pausedSinceMs !== undefined;
    this.#scanDueMs = nowMs + Math.max(busy ? SCAN_BUSY_MS : SCAN_IDLE_MS, costMs * SCAN_SHARE);
  }

  #countDirtied(): void {
    this.#dirtiedBytes = this.#dirtied.read(this.#members) ?? this.#dirtiedBytes;
    if (this.#firstDirtied === undefined && this.#dirtiedBytes !== undefined) {
      this.#firstDirtied = this.#target.isNew ? 0 : this.#dirtiedBytes;
      this.#writtenMark = this.#firstDirtied;
    }
  }

  #look(nowMs: number): void {
    const before = this.#figures.dirtyBytes;
    this.#figures = this.#read() ?? this.#figures;
    const { dirtyBytes, cachedBytes } = this.#figures;
    const passedMs = Math.max(0.1, nowMs - this.#lookedMs);
    this.#lookedMs = nowMs;
    // What paused writers did is no sign of what they will do.
    const decay = this.#pausedSinceMs === undefined ? GROWTH_DECAY : 1;
    this.#growth = Math.max((dirtyBytes - before) / passedMs, this.#growth * decay);
    if (this.#growth < 1) this.#growth = 0;
    if (this.#pausedSinceMs !== undefined) {
      this.#overshootBytes = Math.max(this.#overshootBytes, dirtyBytes - this.#pausedAtBytes);
    }
    this.#peakDirty = Math.max(this.#peakDirty, dirtyBytes);
    if (cachedBytes !== undefined) this.#peakCached = Math.max(this.#peakCached ?? 0, cachedBytes);
  }

  #read(): FileFigures | undefined {
    const { cgroup } = this.#target;
    if (cgroup !== undefined) return readFileFigures(cgroup.version, cgroup.directory);
    this.#countDirtied();
    const dirtyBytes = Math.max(0, (this.#dirtiedBytes ?? 0) - this.#writtenMark);
    return { unstartedBytes: dirtyBytes, dirtyBytes };
  }

  #pause(nowMs: number): void {
    const { dirtyBytes } = this.#figures;
    if (!this.#target.pauser.pause()) return;
    if (this.#pausedSinceMs === undefined) {
      this.#pausedSinceMs = nowMs;
      this.#pausedAtBytes = dirtyBytes;
      this.#pauses += 1;
      this.#least = { bytes: dirtyBytes, atMs: nowMs };
    } else if (dirtyBytes < this.#least.bytes) this.#least = { bytes: dirtyBytes, atMs: nowMs };
    if (nowMs - this.#least.atMs < GIVE_WAY_AFTER_MS) return;
    this.#gaveWay += 1;
    this.#freeUntilMs = nowMs + GIVE_WAY_FOR_MS;
    this.#resume();
  }

  #resume(): void {
    if (this.#pausedSinceMs === undefined) return;
    this.#target.pauser.resume();
    const lengthMs = performance.now() - this.#pausedSinceMs;
    this.#pausedMs += lengthMs;
    this.#longestMs = Math.max(this.#longestMs, lengthMs);
    this.#pausedSinceMs = undefined;
  }

  /** One at a time: a file whose disk is slow has its pages queued already. */
  #write(): void {
    if (this.#writing !== undefined) return;
    const wait = this.#target.cgroup === undefined;
    this.#files.scan(this.#members);
    const mark = this.#dirtiedBytes ?? 0;
    const stuckMs = this.#pausedSinceMs === undefined ? 0 : performance.now() - this.#least.atMs;
    if (stuckMs > LOST_ANYWHERE_AFTER_MS) this.#files.meetAllDisks(this.#members);
    this.#writing = this.#files
      .writeOut(wait)
      .then(() => (stuckMs > LOST_AFTER_MS ? this.#files.syncFileSystems() : undefined))
      .then(() => {
        if (wait) this.#writtenMark = mark;
        this.#writing = undefined;
        if (wait && this.#timer !== undefined) this.#drop(performance.now());
      });
  }

  #wantsDrop(nowMs: number): boolean {
    const { cachedBytes = 0, dirtyBytes } = this.#figures;
    const isWorthIt = cachedBytes - dirtyBytes > this.#bounds.cacheBytes / 8;
    return isWorthIt && cachedBytes > DROP_AT * this.#bounds.cacheBytes && nowMs >= this.#dropDueMs;
  }

  #drop(nowMs: number): void {
    if (this.#dropping !== undefined || this.#libc === undefined) return;
    const before = this.#figures.cachedBytes;
    this.#dropping = this.#files.drop().then(() => {
      const { cgroup } = this.#target;
      const after = cgroup === undefined ? undefined : readFileFigures(cgroup.version, cgroup.directory)?.cachedBytes;
      if (before !== undefined && after !== undefined) this.#droppedBytes += Math.max(0, before - after);
      this.#dropDueMs = Math.max(performance.now(), nowMs) + DROP_PAUSE_MS;
      this.#dropping = undefined;
    });
  }
}
