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
  title: {
    en: 'Files in a memory-backed emptyDir outlive the container and stay charged to the pod',
    'zh-CN': '内存型 emptyDir 中的文件在容器重启后仍在，并继续计入 Pod',
  },
  why: {
    en: 'An emptyDir with medium Memory is a tmpfs that lives as long as the pod. After an OOM kill its files are still there, so the restarted container meets the same full limit and can be killed again and again.',
    'zh-CN':
      'medium 为 Memory 的 emptyDir 是与 Pod 同寿命的 tmpfs。OOM 之后文件依然存在，重启后的容器一开始就几乎没有可用内存，可能反复被杀。',
  },
  fits: {
    en: 'Here {shmem}, {share} of the charge, is shmem, and most of it belongs to no process.',
    'zh-CN': '本次 shmem 有 {shmem}，占已计入内存的 {share}，其中大部分不属于任何进程。',
  },
  workaround: {
    en: 'Delete the pod to free the tmpfs. Then give the emptyDir a sizeLimit well below the memory limit, count it into that limit, or use a volume on disk.',
    'zh-CN': '删除 Pod 即可释放 tmpfs。之后给 emptyDir 设置明显小于内存限制的 sizeLimit，并把它算进内存限制，或改用磁盘上的卷。',
  },
};
