import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { unreclaimable } from '../../accounting/index.js';
import type { LabRun } from '../../model/index.js';
import type { Company } from '../../recorder/company.js';
import type { Sample } from '../../recorder/sample.js';
import { CgroupSampler } from '../../recorder/sampler.js';
import { findMemoryHierarchy } from '../../sources/cgroup/mounts.js';
import { type Host, kernelRelease, pageSizeBytes, thisHost } from '../../sources/host/host.js';
import { KmsgTail } from '../../sources/kernel-log/readers/kmsg-tail.js';
import { createCgroup, limitCgroup, planCgroup } from '../cgroup/lab-cgroup.js';
import { findPlace } from '../cgroup/place.js';
import { killAll, processesIn, removeCgroups } from '../cgroup/remove.js';
import { LabError } from '../error.js';
import { describeRun } from './describe-run.js';
import { reportsAbout } from './kernel-reports.js';
import { launch } from './launch.js';
import { outcomeOf } from './outcome.js';
import type { RunRequest } from './request.js';
import { forwardSignals } from './signals.js';
import { startWatchdog } from './watchdog.js';

/** The kernel's lines of a kill may come a little after the death they tell of. */
const LOG_PATIENCE_MS = 500;
const LOG_PAUSE_MS = 10;
/** A process that waits for a slow disk takes its time to die. */
const REMOVE_PATIENCE_MS = 120_000;

/** How oomkit is started again, and who wants to know and to stop the run. */
export interface RunContext {
  /** The words that run oomkit itself, for the launcher and the watchdog: Node, its options, the script. */
  readonly program: readonly [string, ...string[]];
  readonly host?: Host;
  /** Whether signals to this process are passed on to the command. */
  readonly forwardSignals?: boolean;
  /** Kills the command and what it started. */
  readonly signal?: AbortSignal;
  readonly onSample?: (sample: Sample, company: Company) => void;
  /** Told of each file that was open for writing at the run's peak, by its real path: the recording may have that redacted. */
  readonly onWritten?: (path: string) => void;
}

/**
 * Runs a command in a memory cgroup of its own and tells what it used. Afterwards nothing of it is left: no cgroup, no process,
 * whatever the command left running. Throws a LabError or HostError when no cgroup can be had; a command that cannot be run is
 * told in the result.
 */
export async function runInCgroup(request: RunRequest, context: RunContext): Promise<LabRun> {
  const { host = thisHost, program, signal } = context;
  signal?.throwIfAborted();
  const hierarchy = findMemoryHierarchy(host);
  const place = findPlace(host, hierarchy);
  const cgroup = planCgroup(place);
  const { version } = hierarchy;
  const watchdog = startWatchdog(program, cgroup.cleanup);
  const kmsg = KmsgTail.open();
  let removed: number | undefined;
  let sampler: CgroupSampler | undefined;
  let killedByUs = false;
  const kill = (): void => {
    killedByUs = true;
    killAll(version, cgroup.directory);
  };
  try {
    createCgroup(cgroup, watchdog.pid === undefined ? [] : [watchdog.pid]);
    const limitBytes =
      request.limitBytes === undefined
        ? undefined
        : limitCgroup(version, cgroup.directory, request.limitBytes, request.swap ?? false);
    const recorder = new CgroupSampler({
      host,
      hierarchy,
      path: cgroup.path,
      unreclaimableBytes: (memory, { freeSwapBytes, processes }) =>
        unreclaimable(memory, request.swap === true ? freeSwapBytes : 0, processes).bytes,
      ...(context.onSample === undefined ? {} : { onSample: context.onSample }),
    });
    sampler = recorder;
    const launched = launch(program, cgroup.directory, request.command, {
      stdio: request.stdio ?? 'inherit',
      ...(request.env === undefined ? {} : { env: request.env }),
      ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
      onReady: () => recorder.start(),
    });
    // The launcher takes longer to start than this.
    recorder.warmUp();
    const { child } = launched;
    const passing = context.forwardSignals === true ? forwardSignals(child, kill) : { forwarded: [], end: () => undefined };
    signal?.addEventListener('abort', kill);
    try {
      const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
      const { readyNs, failure } = await launched.started;
      const [code, endSignal] = await ended;
      const ready = readyNs !== undefined;
      const wallSeconds = ready && failure === undefined ? Number(process.hrtime.bigint() - readyNs) / 1e9 : 0;
      // Killed before it could become the command, the launcher's end stands for the command's.
      if (!ready && endSignal === null) throw new LabError('launcher', `exit code ${code}`);
      if (!ready) recorder.start();
      recorder.mark('exit');
      const sampled = recorder.stop();
      for (const { path } of sampled.atPeak?.writableFiles ?? []) context.onWritten?.(path);
      const log = await kernelLogOf(kmsg, cgroup.name, sampled.oomKills);
      const strays = processesIn(cgroup.directory).length;
      removed = await removeCgroups(cgroup.cleanup, REMOVE_PATIENCE_MS);
      const namesAll = log !== undefined && log.killed.length >= sampled.oomKills;
      const outcome = outcomeOf(
        {
          pid: child.pid,
          code,
          signal: endSignal,
          ...(failure === undefined ? {} : { notStarted: failure.code }),
          oomKills: sampled.oomKills,
          killed: namesAll ? log.killed : log?.killed.some(({ pid }) => pid === child.pid) ? log.killed : undefined,
          killedByUs,
        },
        recorder.processesSeen,
      );
      return describeRun({
        request,
        version,
        cgroup,
        limitBytes,
        ancestorLimitBytes: recorder.ancestorLimitBytes,
        outcome,
        failure,
        forwardedSignals: passing.forwarded,
        wallSeconds,
        sampled,
        log,
        namesAll,
        hasLog: kmsg !== undefined,
        strays,
        isRemoved: removed !== undefined,
        pageBytes: pageSizeBytes(host),
        release: kernelRelease(host),
      });
    } finally {
      signal?.removeEventListener('abort', kill);
      passing.end();
    }
  } finally {
    sampler?.stop();
    kmsg?.close();
    removed ??= await removeCgroups(cgroup.cleanup, REMOVE_PATIENCE_MS);
    // The watchdog goes on where this process gave up.
    if (removed !== undefined) await watchdog.end();
  }
}

/** The kernel's reports about the cgroup; waits for those of the kills it counted, as long as that may take. */
async function kernelLogOf(kmsg: KmsgTail | undefined, name: string, kills: number) {
  if (kmsg === undefined) return undefined;
  let reports = reportsAbout(name, kmsg.text());
  for (let waitedMs = 0; reports.killed.length < kills && waitedMs < LOG_PATIENCE_MS; waitedMs += LOG_PAUSE_MS) {
    await delay(LOG_PAUSE_MS);
    reports = reportsAbout(name, kmsg.text());
  }
  return reports;
}
