import type { KnownIssue } from '../known-issue.js';
import { cgroupWritebackFilesystem } from './cgroup-writeback-filesystem.js';
import { childOomUnseen } from './child-oom-unseen.js';
import { constraintNoneMemcg } from './constraint-none-memcg.js';
import { jvmCgroupV2 } from './jvm-cgroup-v2.js';
import { jvmProcCgroups } from './jvm-proc-cgroups.js';
import { kubeletOomGroup } from './kubelet-oom-group.js';
import { memcgV1DirtyThrottling } from './memcg-v1-dirty-throttling.js';
import { memcgV1WritebackThrottle } from './memcg-v1-writeback-throttle.js';
import { memorySwapLimit } from './memory-swap-limit.js';
import { mglruFlusherWakeup } from './mglru-flusher-wakeup.js';
import { mglruV1WritebackThrottle } from './mglru-v1-writeback-throttle.js';
import { nfsUncommittedPages } from './nfs-uncommitted-pages.js';
import { nodeCgroupV2Heap } from './node-cgroup-v2-heap.js';
import { oomBadnessPause } from './oom-badness-pause.js';
import { pageFaultFalseOom } from './page-fault-false-oom.js';
import { podLimitFirst } from './pod-limit-first.js';
import { pythonCpuCount } from './python-cpu-count.js';
import { rhel7KmemLeak } from './rhel7-kmem-leak.js';
import { socketBuffersCharged } from './socket-buffers-charged.js';
import { thpResidentMemory } from './thp-resident-memory.js';
import { tmpfsOutlivesContainer } from './tmpfs-outlives-container.js';

/** Every known issue, in the order in which a report cites them: the kernel, then Kubernetes, then language runtimes. */
export const knownIssues: readonly KnownIssue[] = [
  mglruFlusherWakeup,
  mglruV1WritebackThrottle,
  memcgV1DirtyThrottling,
  memcgV1WritebackThrottle,
  nfsUncommittedPages,
  cgroupWritebackFilesystem,
  pageFaultFalseOom,
  oomBadnessPause,
  rhel7KmemLeak,
  constraintNoneMemcg,
  memorySwapLimit,
  socketBuffersCharged,
  thpResidentMemory,
  tmpfsOutlivesContainer,
  podLimitFirst,
  kubeletOomGroup,
  childOomUnseen,
  jvmProcCgroups,
  jvmCgroupV2,
  nodeCgroupV2Heap,
  pythonCpuCount,
];
