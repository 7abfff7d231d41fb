import {
  type ClusterEvent,
  type ContainerFacts,
  type Message,
  message,
  type OomEventCount,
  type OtherEnd,
  type PodFacts,
  type RuntimeOutOfMemory,
  type Termination,
  type TerminationJudgement,
  type TerminationVerdict,
} from '../../model/index.js';

/** What is known about one end of a container. */
export interface TerminationCase {
  readonly pod: PodFacts;
  readonly container: ContainerFacts;
  /** Absent for an instance that has not ended. */
  readonly termination?: Termination;
  /** Events about the pod and its node. */
  readonly events: readonly ClusterEvent[];
  readonly oomEvents: readonly OomEventCount[];
  readonly runtimeWords?: readonly RuntimeOutOfMemory[];
  /** The kernel's report of this kill was read. */
  readonly hasKernelReport?: boolean;
  /** systemd-oomd logged that it killed this container's cgroup. */
  readonly killedByOomd?: boolean;
}

/** 128 and SIGKILL or SIGTERM, as runtimes report a process that a signal ended. */
const SIGKILL_EXIT = 137;
const SIGTERM_EXIT = 143;
/** An event is written when the kubelet notices, and its time is in whole seconds. */
const NEAR_SECONDS = 60;
/** Status times are whole seconds. */
const ROUNDING_SECONDS = 2;

/**
 * Judges whether a container's end was an OOM kill. Its `reason` alone proves little: the runtime may miss an OOM kill and say
 * `Error`, or say `OOMKilled` of a container that ended by itself after a child was killed; and 137 is any SIGKILL. What is known
 * of the pod explains the ends that are near it in time, and no other. Pure.
 * Sources: containerd internal/cri/server/events.go; kubernetes/kubernetes#104454; containerd#8180.
 */
export function judgeTermination(of: TerminationCase): TerminationJudgement {
  const { termination, pod } = of;
  if (termination === undefined) {
    if (pod.reason === 'Evicted' && of.hasKernelReport !== true) return evicted(of);
    return countedKill(of) ?? judged('none', 0.9, []);
  }
  return (
    saysOomKilled(of, termination) ??
    provenOtherwise(of, termination) ??
    saysChildKilled(of, termination) ??
    bySystemdOomd(of, termination) ??
    withThePod(of, termination) ??
    bySigkill(of, termination) ??
    byItself(of, termination)
  );
}

/** The runtime says that the kernel killed the main process, or the init before it. */
function saysOomKilled(
  of: TerminationCase,
  { reason, exitCode, initWasOomKilled }: Termination,
): TerminationJudgement | undefined {
  if (initWasOomKilled === true) return judged('oom-kill', 0.95, [message('judge.init-oom-killed')]);
  if (reason !== 'OOMKilled' || exitCode !== SIGKILL_EXIT) return undefined;
  const probe = probeKill(of);
  return judged(
    'oom-kill',
    probe === undefined ? 0.95 : 0.85,
    [message('judge.oomkilled-137')],
    probe === undefined ? [] : [message('judge.against.probe-too')],
  );
}

/** The runtime missed it, but the kernel's log or the kubelet's counter did not. */
function provenOtherwise(of: TerminationCase, { exitCode, reason = '' }: Termination): TerminationJudgement | undefined {
  const verdict = exitCode === SIGKILL_EXIT ? 'oom-kill' : 'child-oom-kill';
  if (of.hasKernelReport === true)
    return judged(verdict, 0.97, [message('judge.kernel-report', { reason, exit: String(exitCode) })]);
  const count = countOf(of, of.termination?.containerId);
  if (count === undefined) return undefined;
  return judged(verdict, exitCode === SIGKILL_EXIT ? 0.9 : 0.85, [message('judge.counter', { count: count.kills })]);
}

/**
 * The runtime saw the kernel kill at some time of the instance's life, and not the main process: whom, and when, it does not say.
 * Where the container was being stopped, the flag is all there is (kubernetes/kops#18040).
 */
function saysChildKilled(of: TerminationCase, termination: Termination): TerminationJudgement | undefined {
  const { reason, exitCode } = termination;
  if (reason !== 'OOMKilled') return undefined;
  const exit = { exit: String(exitCode) };
  if (wasStopped(of, termination)) {
    return judged('child-oom-kill', 0.45, [message('judge.oomkilled-stopped', exit)], [message('judge.against.stopped')]);
  }
  return exitCode === SIGTERM_EXIT
    ? judged('child-oom-kill', 0.75, [message('judge.oomkilled-sigterm', exit)])
    : judged('child-oom-kill', 0.9, [message('judge.oomkilled-other-exit', exit)]);
}

function bySystemdOomd({ killedByOomd }: TerminationCase, termination: Termination): TerminationJudgement | undefined {
  return killedByOomd === true && isSigkill(termination) ? other('systemd-oomd', 0.95, message('judge.systemd-oomd')) : undefined;
}

/** The pod was evicted or its node shut down, and the container ended with it, killed or obeying SIGTERM in time. */
function withThePod(of: TerminationCase, termination: Termination): TerminationJudgement | undefined {
  const { pod, container } = of;
  if (near(of, 'Evicted') !== undefined || (pod.reason === 'Evicted' && isPodsEnd(of, termination))) return evicted(of);
  // A kubelet that goes down with its node may leave the status as it was before.
  const isLastKnown = container.current === undefined || isPodsEnd(of, termination);
  return /^(?:NodeShutdown|Shutdown|Terminated)$/.test(pod.reason ?? '') && isLastKnown
    ? other('node-shutdown', 0.85, message('judge.node-shutdown', { reason: pod.reason ?? '' }))
    : undefined;
}

/**
 * Whether an end is one of those that the pod ended with: of the present instance, and within a grace period of the last of them. An
 * instance that another followed had ended before.
 */
function isPodsEnd({ pod, container }: TerminationCase, { containerId, finishedAt }: Termination): boolean {
  const { current } = container;
  if (current === undefined || current.containerId !== containerId || current.finishedAt !== finishedAt) return false;
  const toLast = pod.containers.map((one) => secondsBetween(finishedAt, one.current?.finishedAt) ?? 0);
  return Math.max(...toLast) <= pod.graceSeconds + NEAR_SECONDS;
}

/** SIGKILL without the runtime's word for it: whose was it? */
function bySigkill(of: TerminationCase, termination: Termination): TerminationJudgement | undefined {
  if (!isSigkill(termination)) return undefined;
  const { pod, events } = of;
  const preempted = near(of, 'Preempting') ?? near(of, 'Preempted');
  if (preempted !== undefined) return other('preemption', 0.85, message('judge.preemption'));
  const probe = probeKill(of);
  if (probe !== undefined) return other('probe', 0.88, message('judge.probe', { note: probe.note }));
  const grace = gracePeriod(of, termination);
  if (grace !== undefined) return grace;
  const system = events.find((event) => event.reason === 'SystemOOM' && isNear(event, termination));
  if (system !== undefined) {
    return judged(
      'possible-oom-kill',
      0.6,
      [message('judge.system-oom', { note: system.note })],
      [message('judge.against.victim-unnamed')],
    );
  }
  if (termination.reason === 'ContainerStatusUnknown') {
    return judged('possible-oom-kill', 0.15, [message('judge.status-unknown')], [message('judge.against.status-unknown')]);
  }
  const isLimited = of.container.limitBytes !== undefined || pod.limitBytes !== undefined;
  return judged(
    'possible-oom-kill',
    isLimited ? 0.4 : 0.25,
    [message('judge.sigkill')],
    [message('judge.against.sigkill'), ...(isLimited ? [] : [message('judge.against.no-limit')])],
  );
}

/** The program ended on its own account. */
function byItself({ runtimeWords = [] }: TerminationCase, { exitCode, reason = '' }: Termination): TerminationJudgement {
  const [word] = runtimeWords;
  if (word !== undefined && exitCode !== 0) {
    return other('runtime-oom', 0.9, message(`judge.runtime.${word}`), [
      message('judge.runtime-exit', { exit: String(exitCode) }),
    ]);
  }
  if (exitCode === 0) return judged('none', 0.9, []);
  return {
    ...other('exit', 0.6, message('judge.exit', { exit: String(exitCode), reason })),
    against: [message('judge.against.child-unseen')],
  };
}

/** A kill in an instance that lives on: Kubernetes shows nothing of it. */
function countedKill(of: TerminationCase): TerminationJudgement | undefined {
  const count = countOf(of, of.container.containerId);
  return count === undefined
    ? undefined
    : judged('child-oom-kill', 0.85, [message('judge.counter-alive', { count: count.kills })]);
}

function countOf({ pod, container, oomEvents }: TerminationCase, containerId: string | undefined): OomEventCount | undefined {
  return oomEvents.find(
    (count) =>
      count.namespace === pod.namespace &&
      count.pod === pod.name &&
      count.container === container.name &&
      count.kills > 0 &&
      containerId !== undefined &&
      count.containerId === containerId,
  );
}

function evicted(of: TerminationCase): TerminationJudgement {
  const event = near(of, 'Evicted') ?? of.events.find(({ reason }) => reason === 'Evicted');
  const note = event?.note ?? of.pod.message ?? '';
  return other('eviction', 0.95, note === '' ? message('judge.evicted') : message('judge.evicted-note', { note }));
}

/** The kubelet killed because a probe failed: it says so in an event just before. */
function probeKill(of: TerminationCase): ClusterEvent | undefined {
  return eventsNear(of, 'Killing').find(
    ({ note, container }) => /failed (?:liveness|startup) probe/i.test(note) && concerns(of, note, container),
  );
}

/** The container was asked to stop and did not in time. */
function gracePeriod(of: TerminationCase, { finishedAt }: Termination): TerminationJudgement | undefined {
  const exceeded = near(of, 'ExceededGracePeriod');
  if (exceeded !== undefined) return other('grace-period', 0.88, message('judge.grace-exceeded', { note: exceeded.note }));
  const { deletedAt, graceSeconds } = of.pod;
  const stop = eventsNear(of, 'Killing', graceSeconds).find(
    ({ note, container }) => /^Stopping container/i.test(note) && concerns(of, note, container),
  );
  const stoppedFor = secondsBetween(stop?.lastSeen, finishedAt);
  const sinceDeletion = secondsBetween(deletedAt, finishedAt);
  const isOver =
    (stoppedFor !== undefined && stoppedFor >= graceSeconds - ROUNDING_SECONDS) ||
    (sinceDeletion !== undefined && Math.abs(sinceDeletion) <= ROUNDING_SECONDS + 1);
  return isOver ? other('grace-period', 0.85, message('judge.grace', { grace: String(graceSeconds) })) : undefined;
}

/** Something other than the program itself brought the end about: a stop, a failed probe, the pod's deletion or its eviction. */
function wasStopped(of: TerminationCase, termination: Termination): boolean {
  const { deletedAt, graceSeconds } = of.pod;
  const toDeletion = secondsBetween(termination.finishedAt, deletedAt);
  return (
    eventsNear(of, 'Killing').some(({ note, container }) => concerns(of, note, container)) ||
    (toDeletion !== undefined && toDeletion <= graceSeconds + NEAR_SECONDS) ||
    withThePod(of, termination) !== undefined
  );
}

function isSigkill({ exitCode, signal }: Termination): boolean {
  return exitCode === SIGKILL_EXIT || signal === 9;
}

function concerns({ container }: TerminationCase, note: string, named: string | undefined): boolean {
  return named === container.name || (named === undefined && note.includes(container.name));
}

function near(of: TerminationCase, reason: string): ClusterEvent | undefined {
  return eventsNear(of, reason)[0];
}

function eventsNear(
  { events, termination, pod }: TerminationCase,
  reason: string,
  moreSeconds = pod.graceSeconds,
): ClusterEvent[] {
  return termination === undefined
    ? []
    : events.filter((event) => event.reason === reason && event.about.kind === 'Pod' && isNear(event, termination, moreSeconds));
}

/** Whether an event was seen from `moreSeconds` before an end until shortly after it. Without both times nobody can tell. */
function isNear({ firstSeen, lastSeen }: ClusterEvent, { finishedAt }: Termination, moreSeconds = 0): boolean {
  const toFirst = secondsBetween(firstSeen ?? lastSeen, finishedAt);
  const toLast = secondsBetween(lastSeen ?? firstSeen, finishedAt);
  if (toFirst === undefined || toLast === undefined) return false;
  // An event seen several times covers the time between its first and its last.
  return toFirst >= -NEAR_SECONDS && toLast <= NEAR_SECONDS + moreSeconds;
}

function secondsBetween(from: string | undefined, to: string | undefined): number | undefined {
  const difference = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000;
  return Number.isNaN(difference) ? undefined : difference;
}

function judged(
  verdict: TerminationVerdict,
  confidence: number,
  because: readonly Message[],
  against: readonly Message[] = [],
): TerminationJudgement {
  return { verdict, confidence, because, against };
}

function other(end: OtherEnd, confidence: number, because: Message, more: readonly Message[] = []): TerminationJudgement {
  return { verdict: 'not-oom', other: end, confidence, because: [because, ...more], against: [] };
}
