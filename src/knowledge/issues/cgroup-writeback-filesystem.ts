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
  remedies: ['workaround'],
};
