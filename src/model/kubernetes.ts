import type { QosClass } from './container-identity.js';
import type { Message } from './message.js';

/** The end of a container as the kubelet reported it. Source: k8s.io/api core/v1 ContainerStateTerminated. */
export interface Termination {
  readonly exitCode: number;
  readonly signal?: number;
  /** The runtime's word: `OOMKilled`, `Error`, `Completed`, `ContainerStatusUnknown`, `StartError`. */
  readonly reason?: string;
  /** ISO 8601, UTC, whole seconds. Absent when the kubelet did not tell. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Without the runtime's prefix. */
  readonly containerId?: string;
  /** The runtime says that the container's own init was OOM-killed before the program ran (runc: "container init was OOM-killed"). */
  readonly initWasOomKilled?: true;
}

/** A setting by which a runtime sizes its heap, with its value: the only values of environment and arguments that are kept. */
export interface MemoryFlag {
  readonly runtime: 'go' | 'java' | 'node' | 'dotnet';
  /** As it is written: `-Xmx`, `GOMEMLIMIT`, `--max-old-space-size`. */
  readonly name: string;
  readonly value: string;
  /** What it comes to, in bytes, or as a share of the limit where it is a percentage. */
  readonly bytes?: number;
  readonly share?: number;
  /** The variable it stands in; absent for an argument of the command. */
  readonly variable?: string;
}

export type ContainerRole = 'container' | 'init' | 'ephemeral';

/** One container of a pod: what was asked for and what became of it. Values of its environment are not in here. */
export interface ContainerFacts {
  readonly name: string;
  readonly role: ContainerRole;
  readonly image?: string;
  /** The first word of the command without its directory; absent when the image decides. */
  readonly program?: string;
  readonly requestBytes?: number;
  /** As in the spec; absent when there is none. */
  readonly limitBytes?: number;
  /** What the kubelet says is in force, which a resize in place changes before the spec's next kill (KEP-1287). */
  readonly limitInForceBytes?: number;
  readonly environmentNames: readonly string[];
  readonly memoryFlags: readonly MemoryFlag[];
  readonly hasLivenessProbe: boolean;
  readonly restartCount: number;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
  readonly waitingReason?: string;
  readonly runningSince?: string;
  readonly containerId?: string;
  /** The end of the present instance. */
  readonly current?: Termination;
  /** The end of the instance before: Kubernetes keeps one. */
  readonly last?: Termination;
}

/** A volume that lives in memory: an emptyDir of medium Memory. */
export interface MemoryVolume {
  readonly name: string;
  readonly sizeLimitBytes?: number;
  readonly mountedBy: readonly string[];
}

export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** What its cgroup is named by: the UID or, for a static pod, the hash of its manifest. */
  readonly cgroupUid: string;
  readonly nodeName?: string;
  readonly phase?: string;
  /** `Evicted`, `NodeShutdown`, `Terminated`, … */
  readonly reason?: string;
  readonly message?: string;
  readonly qosClass?: QosClass;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly startedAt?: string;
  /** When it was, or will be, deleted: the end of the grace period. */
  readonly deletedAt?: string;
  readonly graceSeconds: number;
  /** The pod's own limit (KEP-2837). */
  readonly limitBytes?: number;
  readonly containers: readonly ContainerFacts[];
  readonly memoryVolumes: readonly MemoryVolume[];
}

/** An event, or several of the same, about a pod or a node. */
export interface ClusterEvent {
  readonly reason: string;
  readonly warning: boolean;
  readonly note: string;
  readonly about: { readonly kind: string; readonly namespace?: string; readonly name: string; readonly uid?: string };
  /** Of a pod's container, where the event is about one. */
  readonly container?: string;
  readonly firstSeen?: string;
  readonly lastSeen?: string;
  readonly count: number;
  /** The kubelet's annotation on an eviction: `memory`, `ephemeral-storage`, … */
  readonly starvedResource?: string;
}

export interface NodeFacts {
  readonly name: string;
  readonly kernel?: string;
  readonly runtime?: string;
  readonly kubelet?: string;
  readonly capacityBytes?: number;
  readonly allocatableBytes?: number;
  /** Conditions that are true, without Ready: `MemoryPressure`, … */
  readonly conditions: readonly string[];
}

/** Memory of a container or pod as the kubelet or the metrics API sees it at one moment. Sizes are bytes. */
export interface UsageSample {
  readonly observedAt?: string;
  readonly usageBytes?: number;
  readonly workingSetBytes?: number;
  /** Anonymous memory, not what processes have resident. */
  readonly rssBytes?: number;
  readonly cacheBytes?: number;
  readonly peakBytes?: number;
  readonly dirtyBytes?: number;
  readonly writebackBytes?: number;
}

/** OOM kills the kubelet counted in a container's cgroup, which begins at 0 with every instance. */
export interface OomEventCount {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly containerId?: string;
  readonly kills: number;
}

/** What a runtime itself said about memory at the end of the previous log; the text is not kept. */
export type RuntimeOutOfMemory =
  | 'java-heap'
  | 'java-metaspace'
  | 'java-native'
  | 'java-direct'
  | 'go'
  | 'node-heap'
  | 'python'
  | 'dotnet'
  | 'cpp';

/** A part of the evidence that was not read, and what would let it be read. */
export interface EvidenceGap {
  readonly part:
    | 'events'
    | 'node-events'
    | 'node'
    | 'pods'
    | 'stats-summary'
    | 'cadvisor'
    | 'metrics-api'
    | 'previous-log'
    | 'node-log'
    | 'owner'
    | 'heap'
    | 'debug-node';
  readonly problem: Message;
  /** The rule a role lacks. */
  readonly rule?: { readonly apiGroup: string; readonly resource: string; readonly verb: string };
  /** A command that gives the same evidence. */
  readonly command?: string;
}

/** The memory of a pod beside the one in question. */
export interface NeighbourUsage {
  readonly namespace: string;
  readonly name: string;
  readonly workingSetBytes: number;
}

/** Everything Kubernetes told about one container of one pod and one end of it. */
export interface KubernetesFacts {
  readonly observedAt: string;
  readonly server: string;
  readonly pod: PodFacts;
  readonly container: ContainerFacts;
  /** The end in question; absent when the container has not ended. */
  readonly termination?: Termination;
  readonly events: readonly ClusterEvent[];
  readonly node?: NodeFacts;
  /** The workload the pod comes from, as far as its owners could be followed. */
  readonly workload?: { readonly kind: string; readonly name: string };
  /** Now, not at the kill. */
  readonly containerUsage?: UsageSample;
  readonly podUsage?: UsageSample;
  readonly nodeUsage?: UsageSample & { readonly availableBytes?: number };
  /** By volume name, in bytes: what lies in the pod's volumes now. A tmpfs keeps it over restarts of its containers. */
  readonly volumeBytes: Readonly<Record<string, number>>;
  readonly oomEvents: readonly OomEventCount[];
  /** The largest pods of the node, this one left out. */
  readonly neighbours: readonly NeighbourUsage[];
  readonly runtimeWords: readonly RuntimeOutOfMemory[];
  /** systemd-oomd logged that it killed the container's cgroup. */
  readonly killedByOomd?: boolean;
  /** A kernel report of this very kill stands beside these facts. */
  readonly hasKernelReport: boolean;
  /** The node's log was given and holds no report about the pod. */
  readonly logWithoutReport?: string;
  /** Seconds our clock is ahead of the API server's. */
  readonly clockSkewSeconds?: number;
  readonly gaps: readonly EvidenceGap[];
}

/** Whose doing a container's end was. */
export type TerminationVerdict = 'oom-kill' | 'child-oom-kill' | 'possible-oom-kill' | 'not-oom' | 'none';

/** What ended it when that was no OOM kill by the kernel. */
export type OtherEnd =
  | 'probe'
  | 'grace-period'
  | 'eviction'
  | 'preemption'
  | 'node-shutdown'
  | 'systemd-oomd'
  | 'runtime-oom'
  | 'exit';

/** The judgement on one end of a container, with what speaks for it and against it. */
export interface TerminationJudgement {
  readonly verdict: TerminationVerdict;
  /** Set with `not-oom`. */
  readonly other?: OtherEnd;
  /** The share of such judgements that would be right. */
  readonly confidence: number;
  readonly because: readonly Message[];
  readonly against: readonly Message[];
}
