import {
  type ContainerFacts,
  type ContainerRole,
  type MemoryVolume,
  type PodFacts,
  present,
  type QosClass,
  type Termination,
} from '../../model/index.js';
import { redactText } from '../secrets/command-line.js';
import { memoryFlags } from './memory-flags.js';
import { parseQuantity } from './quantity.js';
import type { RawContainer, RawContainerStatus, RawPod, RawTerminated } from './raw.js';

/** The kubelet's mark on a pod of a manifest file: its cgroup is named by this hash (kubelet pkg/kubelet/types). */
const STATIC_POD_HASH = 'kubernetes.io/config.hash';
/** Kubernetes' own default. */
const GRACE_SECONDS = 30;

/** What a pod tells about memory and ends of its containers; values of the environment, annotations and labels stay behind. */
export function podFacts(pod: RawPod): PodFacts {
  const { metadata = {}, spec = {}, status = {} } = pod;
  const uid = metadata.uid ?? '';
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return present({
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid,
    cgroupUid: metadata.annotations?.[STATIC_POD_HASH] ?? uid,
    nodeName: spec.nodeName,
    phase: status.phase,
    reason: status.reason,
    // Of an eviction or an admission: it may quote anything.
    message: status.message === undefined ? undefined : redactText(status.message),
    qosClass: qosClass(status.qosClass),
    owner: owner?.kind === undefined || owner.name === undefined ? undefined : { kind: owner.kind, name: owner.name },
    startedAt: status.startTime,
    deletedAt: metadata.deletionTimestamp,
    // Whoever deletes a pod may give it another time than its spec does.
    graceSeconds: metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? GRACE_SECONDS,
    limitBytes: parseQuantity(spec.resources?.limits?.memory),
    containers: [
      ...containers(spec.initContainers, status.initContainerStatuses, 'init'),
      ...containers(spec.containers, status.containerStatuses, 'container'),
      ...containers(spec.ephemeralContainers, status.ephemeralContainerStatuses, 'ephemeral'),
    ],
    memoryVolumes: memoryVolumes(pod),
  });
}

function containers(
  specs: readonly RawContainer[] = [],
  statuses: readonly RawContainerStatus[] = [],
  role: ContainerRole,
): ContainerFacts[] {
  const names = new Set([...specs, ...statuses].map(({ name }) => name ?? ''));
  return [...names].map((name) => {
    const spec = specs.find((candidate) => candidate.name === name) ?? {};
    const status = statuses.find((candidate) => candidate.name === name) ?? {};
    return containerFacts(name, role, spec, status);
  });
}

function containerFacts(name: string, role: ContainerRole, spec: RawContainer, status: RawContainerStatus): ContainerFacts {
  const { state = {}, lastState = {} } = status;
  return present({
    name,
    role,
    image: spec.image,
    program: programOf(spec.command?.[0]),
    requestBytes: parseQuantity(spec.resources?.requests?.memory),
    limitBytes: parseQuantity(spec.resources?.limits?.memory),
    limitInForceBytes: parseQuantity(status.resources?.limits?.memory),
    environmentNames: (spec.env ?? []).flatMap((variable) => variable.name ?? []),
    memoryFlags: memoryFlags(spec),
    hasLivenessProbe: spec.livenessProbe !== undefined || spec.startupProbe !== undefined,
    restartCount: status.restartCount ?? 0,
    state:
      state.running !== undefined
        ? ('running' as const)
        : state.terminated !== undefined
          ? ('terminated' as const)
          : state.waiting !== undefined
            ? ('waiting' as const)
            : ('unknown' as const),
    waitingReason: state.waiting?.reason,
    runningSince: state.running?.startedAt ?? undefined,
    containerId: bareId(status.containerID),
    current: termination(state.terminated),
    last: termination(lastState.terminated),
  });
}

function termination(terminated: RawTerminated | undefined): Termination | undefined {
  if (terminated === undefined || typeof terminated.exitCode !== 'number') return undefined;
  const { exitCode, signal, reason, message, startedAt, finishedAt, containerID } = terminated;
  return present({
    exitCode,
    signal: signal === 0 ? undefined : signal,
    reason,
    startedAt: time(startedAt),
    finishedAt: time(finishedAt),
    containerId: bareId(containerID),
    initWasOomKilled: /container init was OOM-killed|init.{0,40}OOM.?killed/i.test(message ?? '') ? (true as const) : undefined,
  });
}

/** Go's zero time means that nobody knows. */
function time(text: string | null | undefined): string | undefined {
  return text === null || text === undefined || text.startsWith('1970-') || text.startsWith('0001-') ? undefined : text;
}

/** The first word of a command without its directory: one that stands in a single text with its arguments loses these. */
function programOf(command: string | undefined): string | undefined {
  return command === undefined ? undefined : redactText(command.trim().split(/\s/, 1)[0] ?? '').replace(/^.*\//, '');
}

/** `containerd://<id>` without the runtime. */
function bareId(id: string | undefined): string | undefined {
  const bare = id?.replace(/^[a-z0-9.+-]*:\/\//i, '');
  return bare === '' ? undefined : bare;
}

function qosClass(word: string | undefined): QosClass | undefined {
  const lower = word?.toLowerCase();
  return lower === 'guaranteed' || lower === 'burstable' || lower === 'besteffort' ? lower : undefined;
}

function memoryVolumes({ spec = {} }: RawPod): MemoryVolume[] {
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
  return (spec.volumes ?? [])
    .filter(({ emptyDir }) => emptyDir?.medium === 'Memory')
    .map(({ name = '', emptyDir }) =>
      present({
        name,
        sizeLimitBytes: parseQuantity(emptyDir?.sizeLimit),
        mountedBy: all
          .filter(({ volumeMounts = [] }) => volumeMounts.some((mount) => mount.name === name))
          .map((container) => container.name ?? ''),
      }),
    );
}
