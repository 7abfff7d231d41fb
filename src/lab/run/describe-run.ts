import { type LabRun, type Message, message, present, type RecordedMoment } from '../../model/index.js';
import type { Sampled } from '../../recorder/sampler.js';
import { redactCommandLine } from '../../sources/secrets/command-line.js';
import { publicMoment } from '../../sources/secrets/public-facts.js';
import type { KernelReports } from './kernel-reports.js';
import type { Outcome } from './outcome.js';
import type { RunRequest } from './request.js';

const USUAL_PAGE_BYTES = 4096;

/** What was seen of a run that has ended. */
export interface RunSeen {
  readonly request: RunRequest;
  readonly version: 1 | 2;
  readonly cgroup: { readonly path: string; readonly directory: string };
  readonly limitBytes: number | undefined;
  readonly ancestorLimitBytes: number | undefined;
  readonly outcome: Outcome;
  /** Why the command could not be run. */
  readonly failure: LabRun['notStarted'];
  readonly forwardedSignals: readonly string[];
  readonly wallSeconds: number;
  readonly sampled: Sampled;
  /** The kernel's reports; undefined where its log may not be read. */
  readonly log: KernelReports | undefined;
  /** Whether they name every kill that was counted. */
  readonly namesAll: boolean;
  readonly hasLog: boolean;
  /** Processes the command left running. */
  readonly strays: number;
  readonly isRemoved: boolean;
  readonly pageBytes: number | undefined;
  readonly release: string | undefined;
}

/** The run as it is reported and recorded: without the secrets of command lines and files. */
export function describeRun(seen: RunSeen): LabRun {
  const { request, sampled, log, limitBytes } = seen;
  return {
    command: redactCommandLine(request.command),
    ...present({ limitBytes, ancestorLimitBytes: seen.ancestorLimitBytes, notStarted: seen.failure }),
    swapAllowed: request.swap ?? false,
    ...seen.outcome,
    forwardedSignals: seen.forwardedSignals,
    oomKills: sampled.oomKills,
    killed: log?.killed ?? [],
    wallSeconds: seen.wallSeconds,
    peak: sampled.peak,
    limitHits: sampled.limitHits,
    ...present({ reclaimFailures: sampled.reclaimFailures, stalledSeconds: sampled.stalledSeconds }),
    writtenBytes: sampled.writtenBytes,
    strays: seen.strays,
    sampling: sampled.sampling,
    recording: {
      startedAt: sampled.startedAt,
      cgroupVersion: seen.version,
      cgroup: seen.cgroup.path,
      pageSizeBytes: seen.pageBytes ?? USUAL_PAGE_BYTES,
      series: sampled.series,
      marks: sampled.marks,
      ...present({
        kernelRelease: seen.release,
        limitBytes,
        kernelLog: log?.log === '' ? undefined : log?.log,
        atPeak: recordedMoment(sampled.atPeak, request),
        beforeKill: recordedMoment(sampled.beforeKill, request),
      }),
    },
    warnings: warningsOf(seen),
  };
}

/** The machine's free swap is none of the cgroup's where that may not swap. */
function recordedMoment(moment: RecordedMoment | undefined, { swap }: RunRequest): RecordedMoment | undefined {
  if (moment === undefined) return undefined;
  return publicMoment(swap === true ? moment : { ...moment, freeSwapBytes: 0 });
}

function warningsOf({ sampled: { oomKills }, hasLog, namesAll, isRemoved, cgroup: { directory } }: RunSeen): Message[] {
  return [
    ...(oomKills > 0 && !hasLog ? [message('lab.warning.no-kernel-log')] : []),
    ...(oomKills > 0 && hasLog && !namesAll ? [message('lab.warning.kills-not-logged')] : []),
    ...(isRemoved ? [] : [message('lab.warning.not-removed', { directory })]),
  ];
}
