import type { CgroupMemory, ProcessMemory } from '../model/index.js';

/** What reclaim cannot take now, in parts that do not overlap. Sizes are bytes. */
export interface Unreclaimable {
  readonly bytes: number;
  /** anon and shmem beyond what swap has room for. */
  readonly anonBytes: number;
  readonly shmemBytes: number;
  readonly kernelBytes: number;
  /** Page cache that has to be written first. */
  readonly dirtyBytes: number;
  /** Page cache locked into memory. */
  readonly lockedFileBytes: number;
}

/**
 * What of a cgroup's charge reclaim cannot take now. Swap takes anon first. Kernel memory counts whole but for reclaimable slab
 * (v1 does not tell them apart). Dirty pages and pages under writeback must reach the disk first; on v1 writeback counts swap-out
 * too, so both together are never more than the page cache. `freeSwapBytes` is the machine's; `processes` are those of the cgroup.
 */
export function unreclaimable(memory: CgroupMemory, freeSwapBytes = 0, processes: readonly ProcessMemory[] = []): Unreclaimable {
  const { usage } = memory;
  const room = swapRoom(memory, freeSwapBytes);
  const anon = usage.anonBytes ?? 0;
  const anonBytes = Math.max(0, anon - room);
  const shmemBytes = Math.max(0, (usage.shmemBytes ?? 0) - Math.max(0, room - anon));
  const kernelBytes = unreclaimableKernel(memory);
  const cache = usage.file?.totalBytes ?? 0;
  const dirtyBytes = Math.min(cache, (usage.file?.dirtyBytes ?? 0) + (usage.file?.writebackBytes ?? 0));
  const lockedFileBytes = Math.min(cache - dirtyBytes, Math.max(unevictableFile(memory), lockedFile(processes)));
  return {
    bytes: anonBytes + shmemBytes + kernelBytes + dirtyBytes + lockedFileBytes,
    anonBytes,
    shmemBytes,
    kernelBytes,
    dirtyBytes,
    lockedFileBytes,
  };
}

/** Bytes the cgroup may still swap out. v1 limits memory and swap together: where that limit is the memory limit, nothing is swapped (mm/memcontrol-v1.c). */
export function swapRoom({ counters: { memory, memorySwap, swap } }: CgroupMemory, freeSwapBytes: number): number {
  if (swap !== undefined) return Math.min(freeSwapBytes, (swap.limitBytes ?? Number.POSITIVE_INFINITY) - swap.usageBytes);
  if (memorySwap?.limitBytes === undefined) return memorySwap === undefined ? 0 : freeSwapBytes;
  return Math.min(freeSwapBytes, Math.max(0, memorySwap.limitBytes - (memory.limitBytes ?? memorySwap.limitBytes)));
}

function unreclaimableKernel({ usage: { kernel } }: CgroupMemory): number {
  if (kernel === undefined) return 0;
  if (kernel.totalBytes !== undefined) return Math.max(0, kernel.totalBytes - (kernel.slabReclaimableBytes ?? 0));
  const { slabUnreclaimableBytes, stackBytes, pageTablesBytes, percpuBytes, sockBytes, vmallocBytes } = kernel;
  return [slabUnreclaimableBytes, stackBytes, pageTablesBytes, percpuBytes, sockBytes, vmallocBytes].reduce<number>(
    (sum, part) => sum + (part ?? 0),
    0,
  );
}

/** Page cache that stands on neither file list, as far as the unevictable list can hold it. */
function unevictableFile({ usage: { file, unevictableBytes } }: CgroupMemory): number {
  if (file?.totalBytes === undefined || file.activeBytes === undefined || file.inactiveBytes === undefined) return 0;
  return Math.min(unevictableBytes ?? 0, Math.max(0, file.totalBytes - file.activeBytes - file.inactiveBytes));
}

/**
 * What processes have locked beyond their anon memory. The unevictable list lags behind it: a large folio of which a part is
 * locked stays on its list until reclaim meets it (mm/mlock.c and mm/vmscan.c, 6.18), so 112 MiB locked may show 32 MiB there.
 */
function lockedFile(processes: readonly ProcessMemory[]): number {
  return processes.reduce(
    (sum, { lockedBytes = 0, rssAnonBytes = 0, rssFileBytes = 0 }) =>
      sum + Math.max(0, Math.min(rssFileBytes, lockedBytes - rssAnonBytes)),
    0,
  );
}
