import { type Diagnosis, type KubernetesFacts, MIB } from '../../model/index.js';

/** A change to a workload or pod: a strategic merge patch, and what it is for. */
export interface ManifestPatch {
  readonly target: { readonly kind: string; readonly name: string; readonly namespace: string };
  readonly patch: object;
  /** The object can take it as it is; else it belongs into the manifest that the object is made from. */
  readonly isApplicable: boolean;
}

/** A cause has to be this sure before a manifest is changed for it. */
const SURE = 0.5;
/** Workloads whose pod template may be changed. */
const TEMPLATED: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);
/** Of a limit, what a heap may take: stacks, code and buffers come on top. */
const HEAP_SHARE = 0.7;

/**
 * A diagnosis' advice as a strategic merge patch: a limit with room for what cannot be reclaimed, a sizeLimit for volumes in
 * memory, a heap that fits the limit. Undefined when no sure cause leads to one. Source of the shape: strategic merge keys of
 * k8s.io/api core/v1 (containers and volumes merge by name).
 */
export function patchOf({ causes, incident }: Diagnosis): ManifestPatch | undefined {
  const facts = incident.kubernetes;
  if (facts === undefined) return undefined;
  const sure = new Set(causes.filter(({ confidence }) => confidence >= SURE).map(({ id }) => id));
  if (sure.has('insufficient-evidence') || sure.has('not-oom')) return undefined;
  const memory = limitOfAdvice(causes.flatMap(({ id, advice }) => (sure.has(id) ? advice : [])));
  const limitBytes = memory === undefined ? (facts.container.limitBytes ?? facts.pod.limitBytes) : memory;
  const container = {
    ...(memory === undefined
      ? {}
      : { resources: { requests: { memory: quantity(memory) }, limits: { memory: quantity(memory) } } }),
    ...(sure.has('anon-memory') && limitBytes !== undefined ? heapVariable(facts, limitBytes) : {}),
  };
  const volumes = sure.has('tmpfs') ? volumePatches(facts, limitBytes) : [];
  if (Object.keys(container).length === 0 && volumes.length === 0) return undefined;
  const list = facts.container.role === 'init' ? 'initContainers' : 'containers';
  const podSpec = {
    ...(Object.keys(container).length === 0 ? {} : { [list]: [{ name: facts.container.name, ...container }] }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
  const { workload, pod } = facts;
  if (workload !== undefined && TEMPLATED.has(workload.kind)) {
    return {
      target: { ...workload, namespace: pod.namespace },
      patch: { spec: { template: { spec: podSpec } } },
      isApplicable: true,
    };
  }
  // A pod's resources may be changed (KEP-1287), its volumes and variables not, and a Job's template not at all.
  const isResize = workload === undefined && volumes.length === 0 && !('env' in container);
  return { target: { kind: 'Pod', name: pod.name, namespace: pod.namespace }, patch: { spec: podSpec }, isApplicable: isResize };
}

/** The larger limit that the advice proposes, in bytes. */
function limitOfAdvice(advice: Diagnosis['causes'][number]['advice']): number | undefined {
  const proposed = advice.flatMap(({ action }) => {
    const value = action.params.proposed;
    return value?.kind === 'bytes' ? [value.value] : [];
  });
  return proposed.length === 0 ? undefined : Math.max(...proposed);
}

/** The variable that holds the heap's size; one whose value holds more than that is left to its owner. */
function heapVariable({ container }: KubernetesFacts, limitBytes: number): object {
  const go = container.memoryFlags.find(({ name }) => name === 'GOMEMLIMIT');
  return go === undefined ? {} : { env: [{ name: 'GOMEMLIMIT', value: `${Math.floor((limitBytes * HEAP_SHARE) / MIB)}MiB` }] };
}

/** A sizeLimit for volumes in memory that have none: a quarter of the limit together. */
function volumePatches({ pod, container }: KubernetesFacts, limitBytes: number | undefined): object[] {
  const unbounded = pod.memoryVolumes.filter(
    ({ sizeLimitBytes, mountedBy }) => sizeLimitBytes === undefined && mountedBy.includes(container.name),
  );
  if (limitBytes === undefined || unbounded.length === 0) return [];
  const each = Math.max(MIB, Math.floor(limitBytes / 4 / unbounded.length / MIB) * MIB);
  return unbounded.map(({ name }) => ({ name, emptyDir: { medium: 'Memory', sizeLimit: quantity(each) } }));
}

function quantity(size: number): string {
  return `${Math.ceil(size / MIB)}Mi`;
}
