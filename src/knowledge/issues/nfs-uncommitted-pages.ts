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
  remedies: ['workaround'],
};
