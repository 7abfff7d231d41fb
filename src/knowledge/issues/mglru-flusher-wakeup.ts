import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, LARGE_SHARE, shareOfCharge } from '../shares.js';

/** Dirty pages fill the limit: reclaim could free next to nothing else. */
const DIRTY_SHARE = 2 * LARGE_SHARE;
/** With the flusher at work some of them would be under writeback. */
const IDLE_WRITEBACK_SHARE = 0.02;

/**
 * Verified: the commit message of 1bc542c6a0d1 (patch v6 of 2024-10-26) names 14aa8b2d5c2e as the cause and shows a memcg kill
 * with file_dirty near the limit and file_writeback 0; 14aa8b2d5c2e stands among the commits merged after 6.1-rc1;
 * siderolabs/pkgs#1177 calls the fix "from Linux 6.13" and links a CDI upload pod killed on 6.12; the push of 6.12.104 to
 * linux-6.12.y has the backport a7c322137515. Reports exist for cgroup v1 (Yafang Shao) and v2 (Chris Down, Waiman Long).
 * a6a8c087dc7f ("fix cgroup OOM during MGLRU state switching") says that switching at run time is itself a risk.
 */
export const mglruFlusherWakeup: KnownIssue = {
  id: 'mglru-flusher-wakeup',
  affects: { kernel: { from: [6, 1], before: [6, 13], fixedInStable: [[6, 12, 104]], symptomsSuffice: false } },
  symptoms: (facts) =>
    facts.scope === 'memcg' &&
    atLeast(shareOfCharge(facts, facts.dirtyBytes), DIRTY_SHARE) &&
    facts.writebackBytes !== undefined &&
    facts.writebackBytes <= IDLE_WRITEBACK_SHARE * (facts.dirtyBytes ?? 0),
  symptomsInWords: 'A memory cgroup at its limit, at least 60 % of the charge dirty, and next to nothing under writeback.',
  seen: (facts) => ({
    release: facts.kernelRelease ?? '',
    dirty: bytes(facts.dirtyBytes ?? 0),
    charged: bytes(facts.chargedBytes ?? 0),
    writeback: bytes(facts.writebackBytes ?? 0),
  }),
  fixedIn: ['Linux 6.13', 'Linux 6.12.104'],
  links: [
    'https://git.kernel.org/linus/1bc542c6a0d1444559ab75823a89a94d244bf933',
    'https://lore.kernel.org/all/20241026115714.1437435-1-jingxiangzeng.cas@gmail.com/',
    'https://lore.kernel.org/lkml/ZcWOh9u3uqZjNFMa@chrisdown.name/',
    'https://github.com/siderolabs/pkgs/pull/1177',
    'https://github.com/kubevirt/containerized-data-importer/issues/3575',
  ],
  title: {
    en: 'The multi-gen LRU does not wake the flusher threads when a cgroup is full of dirty pages',
    'zh-CN': 'cgroup 被脏页占满时，multi-gen LRU 不唤醒刷写线程',
  },
  why: {
    en: 'From Linux 6.1 to 6.12 the multi-gen LRU (MGLRU) leaves dirty pages alone without asking for writeback. If nobody else starts it, reclaim finds only dirty pages and the cgroup is declared out of memory, while the disk is idle. This holds where MGLRU is on: /sys/kernel/mm/lru_gen/enabled is not 0x0000.',
    'zh-CN':
      'Linux 6.1 至 6.12 的 multi-gen LRU（MGLRU）跳过脏页，却不发起回写（writeback）。如果没有别的机制启动回写，回收只会遇到脏页，cgroup 便被判定为内存不足，而磁盘其实空闲。前提是 MGLRU 已启用：/sys/kernel/mm/lru_gen/enabled 不是 0x0000。',
  },
  fits: {
    en: 'Kernel {release}; {dirty} of {charged} dirty, {writeback} under writeback.',
    'zh-CN': '内核 {release}；已计入的 {charged} 中有 {dirty} 是脏页，回写中的只有 {writeback}。',
  },
  fix: {
    en: 'Linux 6.13, and 6.12.104 of the stable series. Some distributions carry the patch: look for "wake up flushers conditionally to avoid cgroup OOM" in the changelog.',
    'zh-CN':
      'Linux 6.13，以及稳定版 6.12.104。部分发行版自带该补丁：可在更新日志中查找“wake up flushers conditionally to avoid cgroup OOM”。',
  },
  workaround: {
    en: 'Turn MGLRU off at boot or on an idle node: `echo n > /sys/kernel/mm/lru_gen/enabled`. Switching it under load can itself end in an OOM kill. Or let the program call fdatasync() every few MiB.',
    'zh-CN':
      '在启动时或节点空闲时关闭 MGLRU：`echo n > /sys/kernel/mm/lru_gen/enabled`。在高负载下切换本身也可能触发 OOM。或者让程序每写几 MiB 调用一次 fdatasync()。',
  },
};
