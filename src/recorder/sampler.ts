import type { CgroupMemory, PeakMemory, RecordedMoment, RecordingMark, SampleSeries, Sampling } from '../model/index.js';
import { type LimitCache, readCgroupMemory } from '../sources/cgroup/memory.js';
import type { MemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import type { Host } from '../sources/host/host.js';
import { type Company, CompanyWatch, NOBODY } from './company.js';
import { Gaps } from './gaps.js';
import { SampleHistory } from './history.js';
import { KeptFiles } from './kept-files.js';
import { nextDelayMs } from './pace.js';
import { Peaks } from './peaks.js';
import { type CounterBase, columnsOf, NO_BASE, type Sample, sampleOf } from './sample.js';

/** Processes are looked at again when the charge has moved by this part of the limit, and at most and at least so often. */
const WORTH_A_LOOK = 0.02;
const MOST_OFTEN_MS = 100;
const AT_LEAST_MS = 1000;
/** How fast the average cost follows: the weight of the latest sample. */
const COST_WEIGHT = 0.1;
const WARM_UPS = 30;

export interface SamplerOptions {
  readonly host: Host;
  readonly hierarchy: MemoryHierarchy;
  readonly path: string;
  /** What of a sample reclaim could not take, in bytes. */
  readonly unreclaimableBytes: (memory: CgroupMemory, company: Company) => number;
  /** Called with every sample. */
  readonly onSample?: (sample: Sample, company: Company) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** What was seen from start() to stop(). */
export interface Sampled {
  readonly startedAt: string;
  readonly series: SampleSeries;
  readonly marks: readonly RecordingMark[];
  readonly peak: PeakMemory;
  readonly limitHits: number;
  readonly oomKills: number;
  readonly reclaimFailures?: number;
  readonly stalledSeconds?: number;
  readonly writtenBytes: number;
  readonly atPeak?: RecordedMoment;
  readonly beforeKill?: RecordedMoment;
  readonly sampling: Sampling;
}

/**
 * Samples one cgroup's memory from a timer of the event loop: one sample takes 0.13 ms of CPU (bench/lab), and the loop of whoever
 * waits for a command is otherwise idle, so a thread of its own would cost memory and gain little.
 *
 * The moment of a kill is not missed but approached: v2 and v1 count kills, so the sample before the count rose is the last before
 * the kill, 5 ms at most as the limit is near. v1's notification needs an eventfd, which Node cannot make.
 */
export class CgroupSampler {
  readonly #options: SamplerOptions;
  readonly #now: () => number;
  readonly #files = new KeptFiles();
  readonly #limits: LimitCache = new Map();
  readonly #history = new SampleHistory();
  readonly #peaks = new Peaks();
  readonly #gaps = new Gaps();
  readonly #watch: CompanyWatch;
  readonly #marks: RecordingMark[] = [];
  #timer: NodeJS.Timeout | undefined;
  #startedAt = '';
  #startedMs = 0;
  #base: CounterBase = NO_BASE;
  #failuresBase = 0;
  #last: { readonly sample: Sample; readonly memory: CgroupMemory } | undefined;
  #company: Company = NOBODY;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #lookedAtBytes = 0;
  #movedMs = 0;
  #atPeak: { readonly moment: RecordedMoment; readonly unreclaimableBytes: number } | undefined;
  #beforeKill: RecordedMoment | undefined;
  #costMs = 0;
  #cpuMs = 0;
  #stopped: Sampled | undefined;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#watch = new CompanyWatch(options.host, options.hierarchy, options.path);
  }

  /** Opens the files and lets the compiler see the code at work, so that the first samples are as quick as the later ones. */
  warmUp(): void {
    const history = new SampleHistory();
    const peaks = new Peaks();
    for (let turn = 0; turn < WARM_UPS; turn++) {
      const cpu = process.cpuUsage();
      const memory = this.#read();
      if (memory === undefined) return;
      history.add(sampleOf(memory, 0, NO_BASE));
      peaks.add(memory, this.#options.unreclaimableBytes(memory, NOBODY));
      const { user, system } = process.cpuUsage(cpu);
      this.#costMs = (user + system) / 1000;
    }
  }

  /** Begins the recording, with a sample at 0 s from which the counters count. */
  start(): void {
    this.#startedAt = new Date().toISOString();
    this.#startedMs = this.#now();
    this.#movedMs = this.#startedMs;
    const memory = this.#read();
    if (memory !== undefined) {
      this.#base = {
        limitHits: memory.counters.memory.hits ?? 0,
        oomKills: memory.events.oom_kill ?? 0,
        stalledSeconds: memory.pressure?.some.totalSeconds ?? 0,
      };
      this.#failuresBase = memory.events.oom ?? 0;
    }
    this.sampleNow();
    this.#schedule();
  }

  /** Takes a sample beside those of the timer: something has just happened. False when the cgroup is gone. */
  sampleNow(): boolean {
    const cpu = process.cpuUsage();
    const memory = this.#read();
    if (memory === undefined) return false;
    const nowMs = this.#now();
    const sample = sampleOf(memory, (nowMs - this.#startedMs) / 1000, this.#base);
    if (this.#isWorthALook(memory, nowMs)) this.#look(memory, nowMs);
    this.#takeIn(sample, memory, nowMs);
    const { user, system } = process.cpuUsage(cpu);
    const costMs = (user + system) / 1000;
    // A collection of garbage or a look at the processes in between says little of the next sample.
    const usualMs = Math.min(costMs, 4 * this.#costMs || costMs);
    this.#costMs = (1 - COST_WEIGHT) * this.#costMs + COST_WEIGHT * usualMs;
    this.#cpuMs += costMs;
    this.#options.onSample?.(sample, this.#company);
    return true;
  }

  /** Notes something that happened now. */
  mark(kind: RecordingMark['kind'], text?: string): void {
    const atSeconds = (this.#now() - this.#startedMs) / 1000;
    this.#marks.push({ atSeconds, kind, ...(text === undefined ? {} : { text }) });
  }

  /** How many processes were seen in the cgroup, one after another or at once. */
  get processesSeen(): number {
    return this.#watch.seen;
  }

  /** The smallest limit of the cgroups above, when it is smaller than the cgroup's own. */
  get ancestorLimitBytes(): number | undefined {
    const limit = this.#last?.memory.effectiveLimit;
    return limit === undefined || limit.path === this.#options.path ? undefined : limit.bytes;
  }

  /** Takes the last sample, closes the files, and tells what was seen; the second time, the same. */
  stop(): Sampled {
    this.#stopped ??= this.#summary();
    return this.#stopped;
  }

  #summary(): Sampled {
    clearTimeout(this.#timer);
    this.sampleNow();
    this.#files.close();
    const { sample, memory } = this.#last ?? {};
    const failures = memory?.version === 2 ? memory.events.oom : undefined;
    const stalledSeconds = sample?.stalledSeconds ?? undefined;
    return {
      startedAt: this.#startedAt,
      series: columnsOf(this.#history.samples()),
      marks: this.#marks,
      peak: this.#peaks.largest(),
      limitHits: sample?.limitHits ?? 0,
      oomKills: sample?.oomKills ?? 0,
      ...(failures === undefined ? {} : { reclaimFailures: failures - this.#failuresBase }),
      ...(stalledSeconds === undefined ? {} : { stalledSeconds }),
      writtenBytes: this.#watch.writtenBytes(),
      ...(this.#atPeak === undefined ? {} : { atPeak: this.#atPeak.moment }),
      ...(this.#beforeKill === undefined ? {} : { beforeKill: this.#beforeKill }),
      sampling: { ...this.#gaps.summary(), cpuSeconds: this.#cpuMs / 1000 },
    };
  }

  #schedule(): void {
    const { sample, memory } = this.#last ?? {};
    const delayMs = nextDelayMs({
      limitBytes: memory?.effectiveLimit?.bytes,
      chargedBytes: sample?.chargedBytes ?? 0,
      growthBytesPerMs: this.#gaps.growthBytesPerMs,
      quietMs: this.#now() - this.#movedMs,
      costMs: this.#costMs,
    });
    this.#timer = setTimeout(() => {
      if (this.sampleNow()) this.#schedule();
    }, delayMs);
  }

  /** Undefined when the cgroup is gone; a file that cannot be read ends the recording likewise. */
  #read(): CgroupMemory | undefined {
    const { hierarchy, path } = this.#options;
    try {
      return readCgroupMemory(hierarchy, path, this.#limits, 'whole', this.#files.read);
    } catch (error) {
      if (error instanceof HostError) return undefined;
      throw error;
    }
  }

  #takeIn(sample: Sample, memory: CgroupMemory, nowMs: number): void {
    const before = this.#last;
    if (before !== undefined && (sample.oomKills ?? 0) > (before.sample.oomKills ?? 0)) {
      this.mark('oom-kill');
      this.#beforeKill ??= this.#moment(before.sample.atSeconds, before.memory);
    }
    if ((sample.limitHits ?? 0) > 0 && (before?.sample.limitHits ?? 0) === 0) this.mark('limit-hit');
    const unreclaimableBytes = this.#options.unreclaimableBytes(memory, this.#company);
    this.#peaks.add(memory, unreclaimableBytes);
    if (this.#atPeak === undefined || unreclaimableBytes > this.#atPeak.unreclaimableBytes) {
      this.#atPeak = { moment: this.#moment(sample.atSeconds, memory), unreclaimableBytes };
    }
    if (before === undefined || hasMoved(before.sample, sample)) this.#movedMs = nowMs;
    this.#gaps.add(sample);
    this.#history.add(sample);
    this.#last = { sample, memory };
  }

  #moment(atSeconds: number, memory: CgroupMemory): RecordedMoment {
    const { processes, writableFiles, freeSwapBytes } = this.#company;
    return { atSeconds, memory, processes, writableFiles, freeSwapBytes };
  }

  #isWorthALook({ counters: { memory } }: CgroupMemory, nowMs: number): boolean {
    const passedMs = nowMs - this.#lookedMs;
    if (passedMs < MOST_OFTEN_MS) return false;
    const moved = Math.abs(memory.usageBytes - this.#lookedAtBytes);
    return passedMs >= AT_LEAST_MS || moved >= WORTH_A_LOOK * (memory.limitBytes ?? memory.usageBytes);
  }

  #look({ counters: { memory } }: CgroupMemory, nowMs: number): void {
    const company = this.#watch.look();
    // Of a cgroup that has just been left, who was in it last tells more than nobody.
    if (company.processes.length > 0) this.#company = company;
    this.#lookedMs = nowMs;
    this.#lookedAtBytes = memory.usageBytes;
  }
}

function hasMoved(before: Sample, after: Sample): boolean {
  return (
    before.chargedBytes !== after.chargedBytes ||
    before.dirtyBytes !== after.dirtyBytes ||
    before.writebackBytes !== after.writebackBytes ||
    before.limitHits !== after.limitHits
  );
}
