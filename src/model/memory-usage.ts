/**
 * What a memory cgroup (memcg) is charged, in one shape for cgroup v1 and v2. All sizes are bytes.
 * A number that was not reported is absent, never 0. v1's `cache` and v2's `file` include shmem: here `file` does not,
 * the split is made once, by whoever builds this object.
 */
export interface MemoryUsage {
  readonly usageBytes?: number;
  /** Absent when there is no limit. */
  readonly limitBytes?: number;
  readonly peakBytes?: number;
  readonly swapBytes?: number;
  readonly anonBytes?: number;
  readonly file?: FileMemory;
  readonly shmemBytes?: number;
  readonly kernel?: KernelMemory;
  /** mlocked and otherwise pinned pages. They are counted in anon, file or shmem too. */
  readonly unevictableBytes?: number;
}

/** Page cache without shmem. */
export interface FileMemory {
  readonly totalBytes?: number;
  readonly dirtyBytes?: number;
  readonly writebackBytes?: number;
  readonly mappedBytes?: number;
  readonly activeBytes?: number;
  readonly inactiveBytes?: number;
}

/** Memory the kernel allocated on behalf of the cgroup. `totalBytes` is v1's kmem.usage or v2's `kernel` (5.18+), plus sock on v2. */
export interface KernelMemory {
  readonly totalBytes?: number;
  readonly slabReclaimableBytes?: number;
  readonly slabUnreclaimableBytes?: number;
  readonly stackBytes?: number;
  readonly pageTablesBytes?: number;
  readonly percpuBytes?: number;
  readonly sockBytes?: number;
  readonly vmallocBytes?: number;
}
