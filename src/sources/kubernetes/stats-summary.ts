import { present, type UsageSample } from '../../model/index.js';

/** The fields read of /stats/summary. Source: kubernetes/kubelet pkg/apis/stats/v1alpha1/types.go. */
interface RawMemory {
  readonly time?: string;
  readonly availableBytes?: number;
  readonly usageBytes?: number;
  readonly workingSetBytes?: number;
  readonly rssBytes?: number;
}

export interface RawSummary {
  readonly node?: { readonly memory?: RawMemory };
  readonly pods?: readonly {
    readonly podRef?: { readonly name?: string; readonly namespace?: string; readonly uid?: string };
    readonly containers?: readonly { readonly name?: string; readonly memory?: RawMemory }[];
    readonly memory?: RawMemory;
    readonly volume?: readonly { readonly name?: string; readonly usedBytes?: number }[];
  }[];
}

export interface PodSummary {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly usage?: UsageSample;
  readonly containers: Readonly<Record<string, UsageSample>>;
  readonly volumeBytes: Readonly<Record<string, number>>;
}

export interface NodeSummary {
  readonly node?: UsageSample & { readonly availableBytes?: number };
  readonly pods: readonly PodSummary[];
}

/** What the kubelet sees of its node, now. A pod that is between two instances may be missing. */
export function nodeSummary({ node, pods = [] }: RawSummary): NodeSummary {
  return present({
    node:
      node?.memory === undefined
        ? undefined
        : { ...sample(node.memory), ...present({ availableBytes: node.memory.availableBytes }) },
    pods: pods.map(({ podRef = {}, containers = [], memory, volume = [] }) =>
      present({
        namespace: podRef.namespace ?? '',
        name: podRef.name ?? '',
        uid: podRef.uid ?? '',
        usage: memory === undefined ? undefined : sample(memory),
        containers: Object.fromEntries(
          containers.flatMap((container) =>
            container.name === undefined || container.memory === undefined ? [] : [[container.name, sample(container.memory)]],
          ),
        ),
        volumeBytes: Object.fromEntries(
          volume.flatMap(({ name, usedBytes }) => (name === undefined || usedBytes === undefined ? [] : [[name, usedBytes]])),
        ),
      }),
    ),
  });
}

function sample({ time, usageBytes, workingSetBytes, rssBytes }: RawMemory): UsageSample {
  return present({ observedAt: time, usageBytes, workingSetBytes, rssBytes });
}
