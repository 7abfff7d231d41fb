import type { Message } from './message.js';

/** The sizes a metrics server may keep of a container. */
export type TimelineColumn =
  | 'usageBytes'
  | 'workingSetBytes'
  | 'rssBytes'
  | 'cacheBytes'
  | 'mappedFileBytes'
  | 'activeFileBytes'
  | 'inactiveFileBytes'
  | 'dirtyBytes'
  | 'writebackBytes'
  | 'swapBytes'
  | 'kernelBytes';

/**
 * One run of a container, from its start to its end, as samples. `atSeconds` are seconds since 1970 (UTC), rising and not evenly
 * spaced; every column has one entry for each of them, `null` where that moment did not tell. Sizes are bytes. A column that no
 * exporter has is absent. `cacheBytes` includes shmem, as cAdvisor's container_memory_cache does on both cgroup versions.
 */
export interface ContainerLife {
  /** The cgroup's path, which is new for every run; absent where the metrics do not have it. */
  readonly cgroup?: string;
  readonly containerId?: string;
  /** When the container started, in seconds since 1970, where that is told. */
  readonly startedAtSeconds?: number;
  readonly atSeconds: readonly number[];
  readonly columns: Readonly<Partial<Record<TimelineColumn, readonly (number | null)[]>>>;
}

/** The end of a container's run, or a kill inside it. */
export interface TimelineEnd {
  /** Seconds since 1970. */
  readonly atSeconds: number;
  /**
   * reported: the time Kubernetes gives for it. between: somewhere in the `withinSeconds` before that time, when a counter was
   * next seen to have risen.
   */
  readonly how: 'reported' | 'between';
  readonly withinSeconds?: number;
  /** terminated: the container ended. oom-event: the kernel killed a process in it (container_oom_events_total). */
  readonly kind: 'terminated' | 'oom-event';
  /** `OOMKilled`, `Error`, `Completed`, … as Kubernetes has it. */
  readonly reason?: string;
  readonly exitCode?: number;
}

/** A size that held from one moment until the next of its list. */
export interface TimelineStep {
  readonly atSeconds: number;
  readonly bytes: number;
}

/** The highest of what cannot be reclaimed, stretch by stretch of a window. `atSeconds` are the ends of the stretches; sizes are bytes. */
export interface TimelinePeaks {
  /**
   * samples: the highest of all samples that the server holds. bounds: the highest charge less the lowest file pages of each stretch,
   * which no sample in it exceeds.
   */
  readonly how: 'samples' | 'bounds';
  /** Why they are no more than bounds. */
  readonly why?: Message;
  readonly stretchSeconds: number;
  readonly atSeconds: readonly number[];
  readonly bytes: readonly number[];
}

/** The memory of one container over time, from a metrics server. */
export interface Timeline {
  /** The server's address without user name, password and query. */
  readonly source: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  /** The labels by which the server tells the clusters apart that it knows; absent where it has none. */
  readonly cluster?: Readonly<Record<string, string>>;
  /** What was asked for, in seconds since 1970. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** The usual distance of two samples, in seconds; absent with fewer than two. What happens faster is not seen. */
  readonly resolutionSeconds?: number;
  /** In the order of time. Where samples were thinned to steps, what came between two is in `peaks`. */
  readonly lives: readonly ContainerLife[];
  /** The container's memory limit and its changes; empty when there is none or it is not told. */
  readonly limits: readonly TimelineStep[];
  readonly requests: readonly TimelineStep[];
  /** In the order of time. */
  readonly ends: readonly TimelineEnd[];
  /** How often the container was restarted in the window; absent where nothing counts it. */
  readonly restarts?: number;
  /** The working set of the node, as the same scrape saw it, with the node's memory. */
  readonly node?: {
    readonly totalBytes?: number;
    readonly atSeconds: readonly number[];
    readonly workingSetBytes: readonly (number | null)[];
  };
  /** Where samples were thinned: how many the server holds, the highest of them, and all of them around the highest. */
  readonly heldSamples?: number;
  readonly peaks?: TimelinePeaks;
  readonly closeUp?: readonly ContainerLife[];
  /** What a reader must know of how the answer came about: partial answers, several scrapers, a shortened window. */
  readonly notes: readonly Message[];
}

/** The step that held at a moment; undefined before the first. */
export function stepAt(steps: readonly TimelineStep[], atSeconds: number): TimelineStep | undefined {
  return steps.findLast((step) => step.atSeconds <= atSeconds);
}
