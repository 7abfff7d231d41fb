import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** The cgroup names of one container, as a kubelet and a runtime would choose them. */
export interface PodPath {
  readonly podUid: string;
  /** The pod's cgroup, relative to the kubelet's cgroup root. */
  readonly pod: string;
  readonly containers: readonly { readonly id: string; readonly path: string }[];
}

export type PodLayout = 'cgroupfs' | 'containerd-systemd' | 'cri-o-systemd' | 'cgroupfs-guaranteed';

/**
 * A new pod with its containers. The layouts are those of the kubelet's cgroup manager and of the runtimes' scope names.
 * Source: pkg/kubelet/cm/cgroup_manager_linux.go (Kubernetes 1.30), containerd's and CRI-O's cgroup paths.
 */
export function podPath(layout: PodLayout, containerCount = 1): PodPath {
  const podUid = randomUUID();
  const escapedUid = podUid.replaceAll('-', '_');
  const pod = {
    cgroupfs: `kubepods/burstable/pod${podUid}`,
    'cgroupfs-guaranteed': `kubepods/pod${podUid}`,
    'containerd-systemd': `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${escapedUid}.slice`,
    'cri-o-systemd': `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${escapedUid}.slice`,
  }[layout];
  const containers = Array.from({ length: containerCount }, () => {
    const id = randomBytes(32).toString('hex');
    const name = {
      cgroupfs: id,
      'cgroupfs-guaranteed': id,
      'containerd-systemd': `cri-containerd-${id}.scope`,
      'cri-o-systemd': `crio-${id}.scope`,
    };
    return { id, path: join(pod, name[layout]) };
  });
  return { podUid, pod, containers };
}
