import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, isContainerLimit, shareOfCharge } from '../shares.js';

/** tmpfs is what filled the limit, and no process maps it: unlike shared memory it will not go when the process does. */
const TMPFS_SHARE = 0.5;

/**
 * Verified: kubernetes#128339 (a pod that fills a memory-backed emptyDir is killed again after each restart, reproduced on 1.30) and
 * the section on memory-backed emptyDir that kubernetes/website#44949 added to "Resource Management for Pods and Containers".
 */
export const tmpfsOutlivesContainer: KnownIssue = {
  id: 'tmpfs-outlives-container',
  affects: {},
  symptoms: (facts) =>
    isContainerLimit(facts) &&
    facts.qosClass !== undefined &&
    atLeast(shareOfCharge(facts, facts.shmemBytes), TMPFS_SHARE) &&
    atLeast(shareOfCharge(facts, facts.heldByNoProcessBytes), TMPFS_SHARE),
  symptomsInWords:
    'The limit of a pod or of a container in a pod hit, with at least half of the charge shmem and at least half resident in no process.',
  seen: (facts) => ({ shmem: bytes(facts.shmemBytes ?? 0), share: ratio(shareOfCharge(facts, facts.shmemBytes) ?? 0) }),
  links: [
    'https://github.com/kubernetes/kubernetes/issues/128339',
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#memory-backed-emptydir',
  ],
  remedies: ['workaround'],
};
