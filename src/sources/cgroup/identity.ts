import type { CgroupDriver, CgroupLevel, ContainerIdentity } from '../../model/index.js';
import { containerAt, type NamedContainer } from './identity/container-name.js';
import { parsePod, parseTreeNode } from './identity/kubernetes-tree.js';
import { splitPath } from './identity/path.js';

/**
 * What a cgroup path tells about the container that lives there: as the kernel log prints it (`oom_memcg=`, `task_memcg=`), as
 * /proc/PID/cgroup shows it, or a bare last component (`cpuset=`). Never throws; what the path does not say for certain is absent.
 *
 * It is read from the right, for anything may stand in front of the kubelet's tree: a `--cgroup-root`, the outer container of kind.
 * - `level` is `container` at or anywhere inside a container, and `other` for what is none of the named levels: a conmon beside
 *   the container, a node's service, a path whose text was cut before it told.
 * - In a pod, the container is the one below the innermost pod: a container it runs itself (Docker in Docker) counts as its inside.
 * - `containerId` may be a short id (see container-name.ts): compare by prefix. A cut pod UID is not a pod UID, as lookups need all of it.
 * - `runtime` is absent for a bare id in a pod, which containerd and Docker with the cgroupfs driver both make.
 * - `nestedIn` is the path of the container around the kubelet's tree. A `--cgroup-root` alone is not one.
 *
 * Source: kubelet pkg/kubelet/cm (cgroup_manager_linux.go, pod_container_manager_linux.go); the runtimes' names in container-name.ts.
 */
export function identifyCgroup(path: string): ContainerIdentity {
  const components = splitPath(path);
  const podAt = components.findLastIndex((_, index) => parsePod(components, index) !== undefined);
  const nodeAt = components.findLastIndex((_, index) => parseTreeNode(components, index) !== undefined);
  if (podAt > nodeAt) return identifyInPod(components, podAt);
  return nodeAt >= 0 ? identifyInTree(components, nodeAt) : identifyOutsideKubernetes(components);
}

function identifyInPod(components: readonly string[], at: number): ContainerIdentity {
  const pod = parsePod(components, at);
  const container = firstContainer(components, at + 1);
  const endsAtPod = at === components.length - 1;
  const level = container?.id !== undefined ? 'container' : endsAtPod && pod?.cut === false ? 'pod' : 'other';
  return identity(level, pod?.driver, container, {
    podUid: pod?.uid,
    qosClass: pod?.qosClass,
    nestedIn: containerAround(components, at),
  });
}

/** A path with no pod in it that can be read: it ends above the pods, or the pod's name is redacted, mistyped or cut. */
function identifyInTree(components: readonly string[], at: number): ContainerIdentity {
  const node = parseTreeNode(components, at);
  const container = firstContainer(components, at + 1);
  const endsHere = at === components.length - 1;
  const level = container?.id !== undefined ? 'container' : endsHere && node?.cut === false ? node.level : 'other';
  return identity(level, node?.driver, container, {
    qosClass: node?.qosClass,
    nestedIn: containerAround(components, at),
  });
}

function identifyOutsideKubernetes(components: readonly string[]): ContainerIdentity {
  const at = lastContainer(components, components.length);
  const container = at < 0 ? firstContainer(components, 0) : containerAt(components, at);
  return identity(at < 0 ? 'other' : 'container', container?.driver, container, {});
}

interface Place {
  readonly podUid?: string | undefined;
  readonly qosClass?: ContainerIdentity['qosClass'] | undefined;
  readonly nestedIn?: string | undefined;
}

/** Puts the identity together, leaving out what is not known. */
function identity(
  level: CgroupLevel,
  driver: CgroupDriver | undefined,
  container: NamedContainer | undefined,
  { podUid, qosClass, nestedIn }: Place,
): ContainerIdentity {
  return {
    level,
    ...(podUid === undefined ? {} : { podUid }),
    ...(container?.id === undefined ? {} : { containerId: container.id }),
    ...(qosClass === undefined ? {} : { qosClass }),
    ...(container?.runtime === undefined ? {} : { runtime: container.runtime }),
    ...(driver === undefined ? {} : { driver }),
    ...(nestedIn === undefined ? {} : { nestedIn }),
  };
}

/** The first component from `start` on that bears a runtime's name, with its id or, for a conmon or a cut name, without. */
function firstContainer(components: readonly string[], start: number): NamedContainer | undefined {
  for (let index = start; index < components.length; index++) {
    const container = containerAt(components, index);
    if (container !== undefined) return container;
  }
  return undefined;
}

/** The index of the last component before `end` that is a container, or -1. */
function lastContainer(components: readonly string[], end: number): number {
  for (let index = end - 1; index >= 0; index--) {
    if (containerAt(components, index)?.id !== undefined) return index;
  }
  return -1;
}

function containerAround(components: readonly string[], treeAt: number): string | undefined {
  const at = lastContainer(components, treeAt);
  return at < 0 ? undefined : `/${components.slice(0, at + 1).join('/')}`;
}
