import { type GuardReport, present } from '../model/index.js';
import { thisHost } from '../sources/host/host.js';
import { libc } from '../sources/host/libc.js';
import { type CountedCgroup, type FileFigures, readFileFigures } from './figures.js';
import { GuardedFiles } from './files.js';
import type { Hold } from './hold.js';
import { Peak } from './peak.js';
import { FASTEST_BYTES_PER_MS, type GuardBounds, type Step, WITHOUT_HOLD, writeFromBytes } from './policy.js';
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
/** So long the first moments of a guard and after a hold are watched without a timer, where a timer is too coarse. */
const CLOSE_WATCH_MS = 2;
const WARM_UPS = 20;
/** What grows later is what writers do although they are held, not what they did until they felt it. */
const FELT_WITHIN_MS = 10;
/** A disk that took nothing for so long while the writers were held is not waited for; how long they then run. */
const GIVE_WAY_AFTER_MS = 10_000;
const GIVE_WAY_FOR_MS = 1000;
/** What is dirty may be of files nobody has open any more: seen by the disk's taking nothing for so long. */
const LOST_AFTER_MS = 100;
/** And of files on file systems nobody was seen to use. */
const LOST_ANYWHERE_AFTER_MS = 1000;

const NOTHING_WAITS: FileFigures = { unstartedBytes: 0, dirtyBytes: 0 };

/** What is guarded. */
export interface GuardTarget {
  readonly members: () => readonly number[];
  /** The cgroup whose statistics say what waits; without, what the processes wrote counts. */
  readonly cgroup?: CountedCgroup;
  /** Without such a one, the cgroups that others are charged to as well: no more than that can wait. */
  readonly within?: readonly CountedCgroup[];
  /** Absent where nothing can hold writers. */
  readonly hold?: Hold;
  /** Brings new processes to where they are held. */
  readonly take?: (pids: readonly number[]) => void;
  /** It has written nothing yet: all its processes ever wrote counts. */
  readonly isNew: boolean;
}

/** What a guard measured; the rest of the report is known by who made it. */
export type Guarded = Omit<GuardReport, 'target' | 'exitCode'>;

/** Keeps what the processes leave in the page cache near the bounds, from start() to stop(). */
export class Guard {
  readonly #target: GuardTarget;
  readonly #bounds: GuardBounds;
  readonly #libc = libc();
  readonly #files = new GuardedFiles(this.#libc);
  readonly #dirtied = new DirtiedBytes(thisHost);
  readonly #startedAt = new Date().toISOString();
  readonly #startedMs = performance.now();
  readonly #dirtyPeak: Peak;
  readonly #cachedPeak: Peak;
  #timer: NodeJS.Timeout | undefined;
  #members: readonly number[] = [];
  #firstDirtied: number | undefined;
  #dirtiedBytes: number | undefined;
  /** What of the dirtied bytes is known to be written; only where no cgroup tells. */
  #writtenMark = 0;
  #figures = NOTHING_WAITS;
  #firstDirtyBytes = 0;
  #lookedMs = performance.now();
  /** The first is not known yet: taken for the highest possible. */
  #growth = FASTEST_BYTES_PER_MS;
  #isFirstLook = true;
  #heldAtBytes = 0;
  #overshootBytes = 0;
  #scanDueMs = 0;
  #writing: Promise<void> | undefined;
  #dropping: Promise<void> | undefined;
  #dropDueMs = 0;
  #droppedBytes = 0;
  #heldSinceMs: number | undefined;
  #heldMs = 0;
  #longestMs = 0;
  #holds = 0;
  #taken = { bytes: 0, atMs: 0 };
  #freeUntilMs = 0;
  #gaveWay = 0;

  constructor(target: GuardTarget, bounds: GuardBounds) {
    this.#target = target;
    this.#bounds = bounds;
    this.#dirtyPeak = new Peak(bounds.dirtyBytes);
    this.#cachedPeak = new Peak(bounds.cacheBytes);
  }

  /** Before there is anything to guard: lets the compiler see the code at work, so that the first looks at a fast writer are as quick as the later ones. */
  warmUp(): void {
    for (let turn = 0; turn < WARM_UPS; turn++) {
      this.#files.scan(this.#target.members());
      this.#read();
      this.#target.hold?.hold(NOTHING_WAITS);
      this.#target.hold?.free();
    }
  }

  /** Holds what has just started until start(): it writes little before it is looked at. */
  holdFromStart(): void {
    this.#target.hold?.hold(NOTHING_WAITS);
  }

  /** Looks for the first time and goes on from a timer. False when not even the figures of the processes may be read. */
  start(): boolean {
    this.#members = this.#target.members();
    if (this.#target.cgroup === undefined && this.#dirtied.read(this.#members) === undefined) return false;
    if (this.#target.isNew) this.#target.hold?.free();
    else this.#inherit();
    this.#lookedMs = performance.now();
    this.#tick();
    return true;
  }

  /** Whether anything is left to guard. */
  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  /** Lets the writers run for a while: a signal is on its way to them. */
  letRun(): void {
    this.#freeUntilMs = performance.now() + GIVE_WAY_FOR_MS;
    this.#free();
  }

  /** Lets everything run, and tells what was done. */
  async stop(): Promise<Guarded> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#free();
    const { hold, cgroup } = this.#target;
    const dirtyBytes = this.#dirtyPeak.bytes ?? 0;
    const cachedBytes = this.#cachedPeak.bytes;
    const inherited = present({ dirty: this.#dirtyPeak.inherited, cache: this.#cachedPeak.inherited });
    const guarded: Guarded = {
      startedAt: this.#startedAt,
      wallSeconds: this.#wallSeconds(),
      bounds: this.#bounds,
      passed: [
        ...(dirtyBytes > this.#bounds.dirtyBytes ? (['dirty'] as const) : []),
        ...((cachedBytes ?? 0) > this.#bounds.cacheBytes ? (['cache'] as const) : []),
      ],
      measuredBy: cgroup === undefined ? 'process-io' : 'cgroup',
      ...present({
        hold: hold && {
          by: hold.kind,
          times: this.#holds,
          seconds: this.#heldMs / 1000,
          longestSeconds: this.#longestMs / 1000,
        },
      }),
      writesWith: this.#libc === undefined ? 'fdatasync' : 'sync_file_range',
      peak: { dirtyBytes, ...present({ cachedBytes }) },
      ...(Object.keys(inherited).length === 0 ? {} : { inherited }),
      ...present({ writtenBytes: this.#writtenBytes() }),
      ...(cachedBytes === undefined || this.#libc === undefined ? {} : { droppedBytes: this.#droppedBytes }),
      gaveWay: this.#gaveWay,
      ...this.#files.summary(),
    };
    await Promise.allSettled([this.#writing, this.#dropping]);
    this.#files.close();
    return guarded;
  }

  #wallSeconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  #inherit(): void {
    this.#figures = this.#read() ?? this.#figures;
    const { dirtyBytes, cachedBytes } = this.#figures;
    this.#firstDirtyBytes = dirtyBytes;
    this.#dirtyPeak.inherit(dirtyBytes);
    if (cachedBytes !== undefined) this.#cachedPeak.inherit(cachedBytes);
  }

  /** What was made dirty and does not wait any more. What waits only a cgroup tells. */
  #writtenBytes(): number | undefined {
    if (this.#target.cgroup === undefined || this.#dirtiedBytes === undefined) return undefined;
    const inBytes = this.#firstDirtyBytes + this.#dirtiedBytes - (this.#firstDirtied ?? 0);
    return Math.max(0, inBytes - this.#figures.dirtyBytes);
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs >= this.#scanDueMs) this.#scan(nowMs);
    this.#look(nowMs);
    const wasHeld = this.#heldSinceMs !== undefined;
    let step = this.#step();
    if (step.hold && nowMs >= this.#freeUntilMs) this.#hold(nowMs);
    else this.#free();
    const isFresh = wasHeld || this.#isFirstLook;
    this.#isFirstLook = false;
    if (isFresh && !step.hold && step.isTight) step = this.#watchClosely();
    const isEnough = this.#figures.unstartedBytes >= writeFromBytes(this.#bounds.dirtyBytes);
    if (isEnough || this.#files.hasLeftovers(nowMs)) this.#write();
    if (this.#wantsDrop(nowMs)) this.#drop(nowMs);
    this.#timer = setTimeout(() => this.#tick(), step.nextLookMs);
  }

  #step(): Step {
    const { hold } = this.#target;
    if (hold === undefined) return WITHOUT_HOLD;
    return hold.step({
      boundBytes: this.#bounds.dirtyBytes,
      dirtyBytes: this.#figures.dirtyBytes,
      growthBytesPerMs: this.#growth,
      overshootBytes: this.#overshootBytes,
      isHeld: this.#heldSinceMs !== undefined,
    });
  }

  /** Looks again and again until the writers are to be held, for 2 ms at most; they then are. */
  #watchClosely(): Step {
    const startMs = performance.now();
    for (;;) {
      const nowMs = performance.now();
      this.#look(nowMs);
      const step = this.#step();
      if (step.hold) this.#hold(nowMs);
      if (step.hold || nowMs - startMs > CLOSE_WATCH_MS) return step;
    }
  }

  #scan(nowMs: number): void {
    this.#members = this.#target.members();
    this.#target.take?.(this.#members);
    this.#files.scan(this.#members);
    if (this.#target.cgroup !== undefined) this.#countDirtied();
    const costMs = performance.now() - nowMs;
    const busy = this.#growth > 0 || this.#heldSinceMs !== undefined;
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
    // What held writers did is no sign of what they will do.
    const decay = this.#heldSinceMs === undefined ? GROWTH_DECAY : 1;
    this.#growth = Math.max((dirtyBytes - before) / passedMs, this.#growth * decay);
    if (this.#growth < 1) this.#growth = 0;
    if (this.#heldSinceMs !== undefined && nowMs - this.#heldSinceMs < FELT_WITHIN_MS) {
      this.#overshootBytes = Math.max(this.#overshootBytes, dirtyBytes - this.#heldAtBytes);
    }
    this.#dirtyPeak.see(dirtyBytes, this.#wallSeconds());
    if (cachedBytes !== undefined) this.#cachedPeak.see(cachedBytes, this.#wallSeconds());
    const takenBytes = (this.#dirtiedBytes ?? 0) - dirtyBytes;
    if (takenBytes > this.#taken.bytes) this.#taken = { bytes: takenBytes, atMs: nowMs };
  }

  #read(): FileFigures | undefined {
    const { cgroup, within } = this.#target;
    if (cgroup !== undefined) return readFileFigures(cgroup);
    this.#countDirtied();
    const sinceSyncBytes = Math.max(0, (this.#dirtiedBytes ?? 0) - this.#writtenMark);
    const dirtyBytes = Math.min(sinceSyncBytes, dirtyIn(within) ?? Infinity);
    return { unstartedBytes: dirtyBytes, dirtyBytes };
  }

  #hold(nowMs: number): void {
    if (this.#target.hold?.hold(this.#figures) !== true) return;
    if (this.#heldSinceMs === undefined) {
      this.#heldSinceMs = nowMs;
      this.#heldAtBytes = this.#figures.dirtyBytes;
      this.#holds += 1;
      this.#taken = { ...this.#taken, atMs: nowMs };
    }
    // Where no cgroup tells what waits, it is not known what the disk takes.
    if (this.#target.cgroup === undefined || this.#untakenMs(nowMs) < GIVE_WAY_AFTER_MS) return;
    this.#gaveWay += 1;
    this.#freeUntilMs = nowMs + GIVE_WAY_FOR_MS;
    this.#free();
  }

  /** How long the disk has taken nothing while the writers were held. */
  #untakenMs(nowMs: number): number {
    return this.#heldSinceMs === undefined ? 0 : nowMs - this.#taken.atMs;
  }

  #free(): void {
    if (this.#heldSinceMs === undefined) return;
    this.#target.hold?.free();
    const lengthMs = performance.now() - this.#heldSinceMs;
    this.#heldMs += lengthMs;
    this.#longestMs = Math.max(this.#longestMs, lengthMs);
    this.#heldSinceMs = undefined;
  }

  /** One at a time: a file whose disk is slow has its pages queued already. */
  #write(): void {
    if (this.#writing !== undefined) return;
    const wait = this.#target.cgroup === undefined;
    this.#files.scan(this.#members);
    const mark = this.#dirtiedBytes ?? 0;
    const untakenMs = this.#untakenMs(performance.now());
    if (untakenMs > LOST_ANYWHERE_AFTER_MS) this.#files.meetAllDisks(this.#members);
    this.#writing = this.#files
      .writeOut(wait)
      .then(() => (untakenMs > LOST_AFTER_MS ? this.#files.syncFileSystems() : undefined))
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
      const after = cgroup === undefined ? undefined : readFileFigures(cgroup)?.cachedBytes;
      if (before !== undefined && after !== undefined) this.#droppedBytes += Math.max(0, before - after);
      this.#dropDueMs = Math.max(performance.now(), nowMs) + DROP_PAUSE_MS;
      this.#dropping = undefined;
    });
  }
}

/** What waits in all of the cgroups together; undefined without one that tells. */
function dirtyIn(cgroups: readonly CountedCgroup[] = []): number | undefined {
  const figures = cgroups.flatMap((cgroup) => readFileFigures(cgroup) ?? []);
  return figures.length === 0 ? undefined : figures.reduce((sum, { dirtyBytes }) => sum + dirtyBytes, 0);
}
