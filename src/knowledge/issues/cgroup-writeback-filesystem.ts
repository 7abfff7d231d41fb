import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { isFullOfUnwrittenPages, unwrittenBytes } from '../shares.js';
import type { SymptomFacts } from '../symptom-facts.js';

/** File systems met in containers that do not set SB_I_CGROUPWB. NFS has an entry of its own. */
const WITHOUT_CGROUP_WRITEBACK: readonly string[] = ['ceph', 'cifs', 'fuse', '9p', 'gfs2', 'ocfs2'];

function unsupported(facts: SymptomFacts): string | undefined {
  return facts.filesystemsInStack.find((name) => WITHOUT_CGROUP_WRITEBACK.includes(name));
}

/**
 * Verified: Documentation/admin-guide/cgroup-v2.rst, "Writeback": implemented on ext2, ext4, btrfs, f2fs and xfs; on other file
 * systems writeback is attributed to the root cgroup. f2fs came with 578c647879f7 (2018), xfs with adfb5fb46af0 (2019).
 */
export const cgroupWritebackFilesystem: KnownIssue = {
  id: 'cgroup-writeback-filesystem',
  affects: {},
  symptoms: (facts) => facts.cgroupVersion === 2 && isFullOfUnwrittenPages(facts) && unsupported(facts) !== undefined,
  symptomsInWords:
    "A memory cgroup of cgroup v2 at its limit, with at least 30 % of the charge dirty or under writeback, and a function of ceph, cifs, fuse, 9p, gfs2 or ocfs2 on the invoker's stack.",
  seen: (facts) => ({ filesystem: unsupported(facts) ?? '', unwritten: bytes(unwrittenBytes(facts) ?? 0) }),
  links: [
    'https://docs.kernel.org/admin-guide/cgroup-v2.html#writeback',
    'https://www.mail-archive.com/linux-kernel@vger.kernel.org/msg1004239.html',
  ],
  title: {
    en: "This file system has no cgroup writeback: dirty pages are not throttled by the cgroup's limit",
    'zh-CN': '该文件系统不支持 cgroup writeback：写入者不按 cgroup 的内存限制限速',
  },
  why: {
    en: 'cgroup v2 slows down a writer by the memory of its cgroup only on ext2, ext4, btrfs, f2fs and xfs. Elsewhere writeback belongs to the root cgroup, and dirty pages can fill a small limit as on cgroup v1.',
    'zh-CN':
      'cgroup v2 只在 ext2、ext4、btrfs、f2fs 和 xfs 上按 cgroup 的内存给写入者限速。在其他文件系统上，回写（writeback）归根 cgroup 所有，脏页会像在 cgroup v1 上那样占满较小的内存限制。',
  },
  fits: {
    en: 'The process that asked for memory was in {filesystem}, with {unwritten} dirty or under writeback.',
    'zh-CN': '申请内存的进程正在 {filesystem} 中执行，脏页与回写中的页共 {unwritten}。',
  },
  workaround: {
    en: 'Write with O_DIRECT, or call fdatasync() and posix_fadvise(POSIX_FADV_DONTNEED) every few MiB. Or write to a volume with one of the file systems above.',
    'zh-CN':
      '用 O_DIRECT 写入，或每写几 MiB 调用一次 fdatasync() 和 posix_fadvise(POSIX_FADV_DONTNEED)。也可以改写到使用上述文件系统的卷。',
  },
};
