import {
  type CgroupCounter,
  type CgroupMemory,
  type FileMemory,
  type KernelMemory,
  type Loose,
  type MemoryUsage,
  present,
} from '../../model/index.js';

type Stat = Readonly<Record<string, number>>;
type Counters = CgroupMemory['counters'];
/** An object's properties, each of which may also be there and undefined. */
/**
 * The figures of a cgroup in the shape that v1 and v2 share. v1's plain keys leave out the descendants, so its `total_*` are
 * taken; v2's include them. Both count shmem into the page cache, and it is taken out here.
 * Source: memcg1_stat_format() in mm/memcontrol-v1.c and memory_stats in mm/memcontrol.c, 6.18.
 */
export function memoryUsage(version: 1 | 2, stat: Stat, counters: Counters): MemoryUsage {
  return version === 1 ? usageOfV1(stat, counters) : usageOfV2(stat, counters);
}

/** usage - inactive_file, floored at 0: cadvisor's setMemoryStats() (container/libcontainer/handler.go), as the kubelet takes it over. */
export function workingSetBytes(version: 1 | 2, stat: Stat, { usageBytes }: CgroupCounter): number | undefined {
  const inactive = version === 1 ? (stat.total_inactive_file ?? stat.inactive_file) : stat.inactive_file;
  return inactive === undefined ? undefined : Math.max(0, usageBytes - inactive);
}

function usageOfV1(stat: Stat, { memory, memorySwap, kmem }: Counters): MemoryUsage {
  const get = (key: string): number | undefined => stat[`total_${key}`] ?? stat[key];
  const shmemBytes = get('shmem');
  return present({
    ...limits(memory),
    swapBytes: get('swap') ?? (memorySwap === undefined ? undefined : Math.max(0, memorySwap.usageBytes - memory.usageBytes)),
    anonBytes: get('rss'),
    file: present({
      totalBytes: less(get('cache'), shmemBytes),
      dirtyBytes: get('dirty'),
      writebackBytes: get('writeback'),
      mappedBytes: get('mapped_file'),
      activeBytes: get('active_file'),
      inactiveBytes: get('inactive_file'),
    } satisfies Loose<FileMemory>),
    shmemBytes,
    ...(kmem === undefined ? {} : { kernel: { totalBytes: kmem.usageBytes } }),
    unevictableBytes: get('unevictable'),
  } satisfies Loose<MemoryUsage>);
}

function usageOfV2(stat: Stat, { memory, swap }: Counters): MemoryUsage {
  return present({
    ...limits(memory),
    swapBytes: swap?.usageBytes,
    anonBytes: stat.anon,
    file: present({
      totalBytes: less(stat.file, stat.shmem),
      dirtyBytes: stat.file_dirty,
      writebackBytes: stat.file_writeback,
      mappedBytes: stat.file_mapped,
      activeBytes: stat.active_file,
      inactiveBytes: stat.inactive_file,
    } satisfies Loose<FileMemory>),
    shmemBytes: stat.shmem,
    kernel: present({
      // `kernel` leaves out the sockets' buffers, which are charged too.
      totalBytes: stat.kernel === undefined ? undefined : stat.kernel + (stat.sock ?? 0),
      slabReclaimableBytes: stat.slab_reclaimable,
      slabUnreclaimableBytes: stat.slab_unreclaimable,
      stackBytes: stat.kernel_stack,
      pageTablesBytes: stat.pagetables,
      percpuBytes: stat.percpu,
      sockBytes: stat.sock,
      vmallocBytes: stat.vmalloc,
    } satisfies Loose<KernelMemory>),
    unevictableBytes: stat.unevictable,
  } satisfies Loose<MemoryUsage>);
}

function limits({ usageBytes, limitBytes, peakBytes }: CgroupCounter): Loose<MemoryUsage> {
  return { usageBytes, limitBytes, peakBytes };
}

/** A size without a part of it, which per-CPU counters may show larger than the whole for a moment. */
function less(bytes: number | undefined, part: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.max(0, bytes - (part ?? 0));
}
