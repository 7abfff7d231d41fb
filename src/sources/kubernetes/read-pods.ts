import { type PodFacts, present } from '../../model/index.js';
import type { ClusterConnection } from './connection.js';
import { KubeError } from './error.js';
import { listPages } from './list.js';
import { corePath, podPath, workloadPath } from './paths.js';
import { podFacts } from './pod-facts.js';
import type { RawPod } from './raw.js';
import { type RawWorkload, selectorOf, type WorkloadType } from './workload.js';

/** What the user wants to know about: a pod, or all pods of a workload. */
export interface ClusterTarget {
  readonly namespace: string;
  readonly name: string;
  /** Absent for a pod. */
  readonly workload?: WorkloadType;
}

/** The pods meant. Throws a KubeError; a workload without pods gives none. */
export async function readPods(connection: ClusterConnection, target: ClusterTarget, signal: AbortSignal): Promise<PodFacts[]> {
  const { namespace, name, workload } = target;
  if (workload === undefined) return [podFacts(await connection.get<RawPod>(podPath(namespace, name), { signal }))];
  const path = workloadPath(workload.group, workload.resource, namespace, name);
  const labelSelector = selectorOf(await connection.get<RawWorkload>(path, { signal }));
  if (labelSelector === undefined) return [];
  const pods: PodFacts[] = [];
  for await (const { items, restarted } of listPages<RawPod>(connection, corePath('pods', namespace), {
    labelSelector,
    signal,
  })) {
    if (restarted) pods.length = 0;
    pods.push(...items.map(podFacts));
  }
  return pods;
}

/** The workload a pod belongs to: its owner or, of a ReplicaSet, the Deployment that owns it. Throws a KubeError. */
export async function readWorkload(
  connection: ClusterConnection,
  { namespace, owner }: PodFacts,
  signal: AbortSignal,
): Promise<{ readonly kind: string; readonly name: string } | undefined> {
  if (owner?.kind !== 'ReplicaSet') return owner;
  try {
    const set = await connection.get<RawWorkload>(workloadPath('apps', 'replicasets', namespace, owner.name), {
      signal,
      attempts: 2,
    });
    const above = set.metadata?.ownerReferences?.find(({ controller }) => controller === true);
    const { kind, name } = present({ kind: above?.kind, name: above?.name });
    return kind === undefined || name === undefined ? owner : { kind, name };
  } catch (error) {
    if (error instanceof KubeError && error.code === 'not-found') return owner;
    throw error;
  }
}
