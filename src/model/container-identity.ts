/** Kubernetes' quality-of-service class. Source: k8s.io/api core/v1 PodQOSClass. */
export type QosClass = 'guaranteed' | 'burstable' | 'besteffort';

/** The driver that named the cgroups: plain directories or systemd slices and scopes. */
export type CgroupDriver = 'cgroupfs' | 'systemd';

/** The container runtime as the cgroup's name tells it. */
export type ContainerRuntime = 'containerd' | 'cri-o' | 'docker' | 'podman' | 'lxc';

/** Which level of the Kubernetes cgroup tree a path names. */
export type CgroupLevel = 'container' | 'pod' | 'qos' | 'kubepods' | 'other';

/** What a cgroup path tells about the container; names only when Kubernetes told them. */
export interface ContainerIdentity {
  readonly level: CgroupLevel;
  readonly podUid?: string;
  readonly containerId?: string;
  readonly qosClass?: QosClass;
  readonly runtime?: ContainerRuntime;
  readonly driver?: CgroupDriver;
  /** Path components outside the innermost Kubernetes tree: the outer container of kind, k3d or an LXC node. */
  readonly nestedIn?: string;
  readonly namespace?: string;
  readonly podName?: string;
  readonly containerName?: string;
}
