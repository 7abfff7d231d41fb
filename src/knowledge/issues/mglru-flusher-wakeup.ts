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
  remedies: ['fix', 'workaround'],
};
