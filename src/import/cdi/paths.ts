import { join } from 'node:path';

/** Where CDI mounts what its importer reads and writes. Source: pkg/common/common.go of containerized-data-importer 1.66. */
export interface CdiPaths {
  /** The volume, where it has a file system. */
  readonly data: string;
  /** The volume, where it is a block device. */
  readonly blockDevice: string;
  /** A second volume, where CDI made one. */
  readonly scratch: string;
  /** Certificates of the cluster's proxy. */
  readonly proxyCertificates: string;
  /** Secrets that are headers, one a file. */
  readonly secretHeaders: string;
  /** What the kubelet reads when the container has ended. */
  readonly terminationMessage: string;
  /** Where checkpoints of a block device are kept when there is no scratch volume; it does not outlive the container. */
  readonly state: string;
}

/** The paths, below `root` where it is not a container of CDI's. */
export function cdiPaths(root = '/'): CdiPaths {
  return {
    data: join(root, 'data'),
    blockDevice: join(root, 'dev/cdi-block-volume'),
    scratch: join(root, 'scratch'),
    proxyCertificates: join(root, 'proxycerts'),
    secretHeaders: join(root, 'extraheaders'),
    terminationMessage: join(root, 'dev/termination-log'),
    state: join(root, 'tmp/oomkit'),
  };
}

/** The name of the disk in a volume with a file system: KubeVirt looks for no other. */
export const DISK_NAME = 'disk.img';
