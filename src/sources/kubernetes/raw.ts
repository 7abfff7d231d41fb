/**
 * The fields that are read, in the shape the API sends them (k8s.io/api core/v1, JSON). Everything is optional: an answer may come
 * from another version, and nothing may break on it.
 */
export interface RawMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind?: string; readonly name?: string; readonly controller?: boolean }[];
}

export interface RawTerminated {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly containerID?: string;
}

export interface RawState {
  readonly running?: { readonly startedAt?: string | null };
  readonly waiting?: { readonly reason?: string };
  readonly terminated?: RawTerminated;
}

type RawResources = {
  readonly limits?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
};

export interface RawContainerStatus {
  readonly name?: string;
  readonly restartCount?: number;
  readonly containerID?: string;
  readonly state?: RawState;
  readonly lastState?: RawState;
  readonly resources?: RawResources;
}

export interface RawContainer {
  readonly name?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  readonly resources?: RawResources;
  readonly livenessProbe?: object;
  readonly startupProbe?: object;
  readonly volumeMounts?: readonly { readonly name?: string }[];
}

export interface RawPod {
  readonly metadata?: RawMeta;
  readonly spec?: {
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds?: number;
    readonly resources?: RawResources;
    readonly containers?: readonly RawContainer[];
    readonly initContainers?: readonly RawContainer[];
    readonly ephemeralContainers?: readonly RawContainer[];
    readonly volumes?: readonly {
      readonly name?: string;
      readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly qosClass?: string;
    readonly startTime?: string;
    readonly containerStatuses?: readonly RawContainerStatus[];
    readonly initContainerStatuses?: readonly RawContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly RawContainerStatus[];
  };
}

export interface RawEvent {
  readonly metadata?: RawMeta;
  readonly reason?: string;
  readonly type?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string } | null;
  readonly involvedObject?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly fieldPath?: string;
  };
}

export interface RawNode {
  readonly metadata?: RawMeta;
  readonly status?: {
    readonly nodeInfo?: {
      readonly kernelVersion?: string;
      readonly containerRuntimeVersion?: string;
      readonly kubeletVersion?: string;
    };
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  };
}

export interface RawList<T> {
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string; readonly remainingItemCount?: number };
  readonly items?: readonly T[];
}
