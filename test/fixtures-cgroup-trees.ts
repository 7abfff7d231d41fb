import { resolve } from 'node:path';
import { type Host, hostAt } from '../src/sources/host/host.js';

/** Whole hosts in small: /proc and /sys/fs/cgroup of one pod with two containers (v1, v2), and of a container of a hybrid host. */
export const trees = {
  v1: tree('v1'),
  v2: tree('v2'),
  hybrid: tree('hybrid'),
} as const;

export const POD_UID = '3f0c9a52-7d41-4e0b-9a36-5b1f0c2d8e77';
export const APP_ID = `5d2f${'0a1b2c3d4e5f'.repeat(5)}`;
export const PAUSE_ID = `9e8d${'7c6b5a493827'.repeat(5)}`;
const DOCKER_ID = `ab12${'34cd56ef7890'.repeat(5)}`;

const slice = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_UID.replaceAll('-', '_')}.slice`;

export const paths = {
  v2: { pod: slice, app: `${slice}/cri-containerd-${APP_ID}.scope`, pause: `${slice}/cri-containerd-${PAUSE_ID}.scope` },
  v1: { pod: `/kubepods/burstable/pod${POD_UID}`, app: `/kubepods/burstable/pod${POD_UID}/${APP_ID}` },
  hybrid: { container: `/docker/${DOCKER_ID}`, worker: `/docker/${DOCKER_ID}/worker` },
} as const;

function tree(name: string): Host {
  return hostAt(resolve('test/fixtures/cgroup-trees', name));
}
