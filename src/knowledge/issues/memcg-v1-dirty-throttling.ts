import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { isFullOfUnwrittenPages, shareOfCharge, unwrittenBytes } from '../shares.js';

/**
 * Verified: mainline commit 81a70c21d917 quotes 9badce000e2c ("don't enable cgroup writeback on traditional hierarchies") and
 * says that balance_dirty_pages() does not throttle on cgroup v1; kubevirt CDI #3017 states the consequence (the host's
 * dirty_ratio is the only bound); docker/for-linux#651 reports that lower vm.dirty_bytes stopped the kills.
 */
export const memcgV1DirtyThrottling: KnownIssue = {
  id: 'memcg-v1-dirty-throttling',
  affects: {},
  symptoms: (facts) => facts.cgroupVersion === 1 && isFullOfUnwrittenPages(facts),
  symptomsInWords: 'A memory cgroup of cgroup v1 at its limit, with at least 30 % of the charge dirty or under writeback.',
  seen: (facts) => ({
    unwritten: bytes(unwrittenBytes(facts) ?? 0),
    share: ratio(shareOfCharge(facts, unwrittenBytes(facts)) ?? 0),
  }),
  links: [
    'https://git.kernel.org/linus/9badce000e2c',
    'https://github.com/docker/for-linux/issues/651',
    'https://github.com/kubevirt/containerized-data-importer/pull/3017',
  ],
  title: {
    en: 'cgroup v1 does not slow down writers before the limit is full of dirty pages',
    'zh-CN': 'cgroup v1 不会在脏页占满内存限制之前放慢写入者',
  },
  why: {
    en: 'On cgroup v1 the kernel compares dirty pages only with the limits of the whole node (vm.dirty_ratio, vm.dirty_bytes). On a node with much RAM a container can fill its own limit with dirty page cache long before its writer is slowed down.',
    'zh-CN':
      '在 cgroup v1 上，内核只把脏页（dirty page）与整个节点的阈值（vm.dirty_ratio、vm.dirty_bytes）比较。节点内存大时，容器的页缓存（page cache）早已满是脏页并达到了内存限制，写入者却还没有被限速。',
  },
  fits: {
    en: 'Here {unwritten}, {share} of the charge, waited for the disk.',
    'zh-CN': '本次有 {unwritten}（占已计入内存的 {share}）在等待写入磁盘。',
  },
  fix: {
    en: "None on cgroup v1. cgroup v2 throttles by the cgroup's own memory, on file systems that support it.",
    'zh-CN': 'cgroup v1 上没有修复。cgroup v2 会按 cgroup 自身的内存限速，但要求文件系统支持。',
  },
  workaround: {
    en: 'Let the program write with O_DIRECT or call fdatasync() every few MiB. Or lower vm.dirty_background_bytes and vm.dirty_bytes on the node; that slows down every writer there. A larger limit only delays the kill.',
    'zh-CN':
      '让程序用 O_DIRECT 写入，或每写几 MiB 调用一次 fdatasync()。也可以调低节点的 vm.dirty_background_bytes 和 vm.dirty_bytes，但该节点上所有写入者都会变慢。单纯提高内存限制只会推迟被杀。',
  },
};
