import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { isFullOfUnwrittenPages, unwrittenBytes } from '../shares.js';

/**
 * Verified: pixeloven/ComfyUI-Docker#66 (25 GB onto NFS, 2 GiB limit, killed at 35 MB RSS; fsync and fadvise every 64 MB cured it;
 * the same image on ext4 is not killed) and rwlove/home-ops#14031 (direct NFS volume). NFS is not in the kernel's list of file
 * systems with cgroup writeback (Documentation/admin-guide/cgroup-v2.rst).
 */
export const nfsUncommittedPages: KnownIssue = {
  id: 'nfs-uncommitted-pages',
  affects: {},
  symptoms: (facts) => isFullOfUnwrittenPages(facts) && facts.filesystemsInStack.includes('nfs'),
  symptomsInWords:
    "A memory cgroup at its limit, with at least 30 % of the charge dirty or under writeback, and a function of the NFS client on the invoker's stack.",
  seen: (facts) => ({ unwritten: bytes(unwrittenBytes(facts) ?? 0) }),
  links: [
    'https://github.com/pixeloven/ComfyUI-Docker/pull/66',
    'https://github.com/rwlove/home-ops/pull/14031',
    'https://docs.kernel.org/admin-guide/cgroup-v2.html#writeback',
  ],
  title: {
    en: 'Pages written to NFS stay charged until the server has them',
    'zh-CN': '写入 NFS 的页在服务器存妥之前一直计入容器',
  },
  why: {
    en: "A page written to NFS cannot be dropped before the server has stored it, and NFS has no cgroup writeback: the writer is not slowed down by its cgroup's limit. A fast writer fills the limit, on cgroup v2 too.",
    'zh-CN':
      '写入 NFS 的页在服务器存妥之前不能丢弃，而且 NFS 不支持 cgroup writeback：写入者不会因 cgroup 的内存限制而被限速。写得快的进程会占满内存限制，在 cgroup v2 上也一样。',
  },
  fits: {
    en: 'The NFS client is on the stack of the process that asked for memory, with {unwritten} dirty or under writeback.',
    'zh-CN': '申请内存的进程的调用栈里有 NFS 客户端，脏页与回写中的页共 {unwritten}。',
  },
  workaround: {
    en: 'Let the program call fsync() and posix_fadvise(POSIX_FADV_DONTNEED) every few tens of MiB, or write to a local volume first.',
    'zh-CN': '让程序每写几十 MiB 调用一次 fsync() 和 posix_fadvise(POSIX_FADV_DONTNEED)，或先写到本地卷。',
  },
};
