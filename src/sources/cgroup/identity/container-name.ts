import type { CgroupDriver, ContainerRuntime } from '../../../model/index.js';
import { parsePod } from './kubernetes-tree.js';
import { stripUnitSuffix } from './path.js';

/** A component that bears a container's name. */
export interface NamedContainer {
  readonly driver: CgroupDriver;
  /** Absent for a runtime's helper (conmon) and for a name whose text was cut. */
  readonly id?: string;
  readonly runtime?: ContainerRuntime;
}

interface RuntimePrefix {
  readonly prefix: string;
  readonly runtime: ContainerRuntime;
  /** The runtime's own process beside the container. */
  readonly helper?: true;
}

/**
 * What runtimes put before the id. A longer prefix stands before the shorter one it begins with.
 * containerd internal/cri/server (getCgroupsPath), nerdctl; CRI-O internal/config/cgmgr; moby daemon/oci_linux.go; podman libpod/container_internal_linux.go.
 */
const RUNTIME_PREFIXES: readonly RuntimePrefix[] = [
  { prefix: 'cri-containerd-', runtime: 'containerd' },
  { prefix: 'nerdctl-', runtime: 'containerd' },
  { prefix: 'crio-conmon-', runtime: 'cri-o', helper: true },
  { prefix: 'crio-', runtime: 'cri-o' },
  { prefix: 'docker-', runtime: 'docker' },
  { prefix: 'libpod-conmon-', runtime: 'podman', helper: true },
  { prefix: 'libpod-payload-', runtime: 'podman' },
  { prefix: 'libpod-', runtime: 'podman' },
];

/** Directories that hold one runtime's containers by their bare ids; `k8s.io` is containerd's namespace for Kubernetes. */
const RUNTIME_DIRECTORIES: ReadonlyMap<string, ContainerRuntime> = new Map([
  ['docker', 'docker'],
  ['k8s.io', 'containerd'],
  ['libpod_parent', 'podman'],
]);

/** 32 random bytes in hex: every runtime's ids, and nobody else's names. */
const FULL_ID = /^[0-9a-f]{64}$/;

/**
 * People shorten ids in what they post. `docker` shows 12 digits and `crictl` 13, and both take any unique beginning; below 7 (Git's
 * short ids) a word such as `cafe` or `dead` is too easily meant. An id cut to 7 digits or more still finds its container.
 */
const SHORT_ID = /^[0-9a-f]{7,64}$/;

/** Any other name that a runtime may have been given. 255 is NAME_MAX. */
const NAME = /^[0-9A-Za-z][0-9A-Za-z_.+-]{0,254}$/;

/** The component as a container or a container's helper, or undefined when it is neither. */
export function containerAt(components: readonly string[], index: number): NamedContainer | undefined {
  const component = components[index] ?? '';
  const parent = components[index - 1];
  const inPod = parsePod(components, index - 1) !== undefined;
  return runtimeNamed(component, inPod) ?? lxc(component, parent) ?? bareId(component, parent, inPod);
}

function runtimeNamed(component: string, inPod: boolean): NamedContainer | undefined {
  const found = RUNTIME_PREFIXES.find(({ prefix }) => component.startsWith(prefix));
  if (found === undefined) return undefined;
  const { runtime, prefix } = found;
  const { name, closed } = stripUnitSuffix(component, '.scope');
  const driver: CgroupDriver = closed ? 'systemd' : 'cgroupfs';
  if (found.helper) return { driver, runtime };
  const id = name.slice(prefix.length);
  if (SHORT_ID.test(id)) return { driver, runtime, id };
  // Only a scope or a child of a pod is a container whatever its id looks like: `docker-registry.service` is none.
  if (!closed && !inPod) return undefined;
  const cut = !closed && (/^[0-9a-f]*$/.test(id) || 'conmon-'.startsWith(id));
  return cut || !NAME.test(id) ? { driver, runtime } : { driver, runtime, id };
}

/** `/lxc/NAME`, `/lxc.payload.NAME` and, on some distributions, `/lxc.payload/NAME`: lxc src/lxc/cgroups/cgfsng.c. */
function lxc(component: string, parent: string | undefined): NamedContainer | undefined {
  const name = component.startsWith('lxc.payload.')
    ? component.slice('lxc.payload.'.length)
    : parent === 'lxc' || parent === 'lxc.payload'
      ? component
      : undefined;
  return name === undefined || name === '' ? undefined : { driver: 'cgroupfs', runtime: 'lxc', id: name };
}

function bareId(component: string, parent: string | undefined, inPod: boolean): NamedContainer | undefined {
  const { name, closed } = stripUnitSuffix(component, '.scope');
  if (!SHORT_ID.test(name)) return undefined;
  const runtime = parent === undefined ? undefined : RUNTIME_DIRECTORIES.get(parent);
  if (!FULL_ID.test(name) && runtime === undefined && !inPod) return undefined;
  return { driver: closed ? 'systemd' : 'cgroupfs', id: name, ...(runtime === undefined ? {} : { runtime }) };
}
