import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';

/** Guaranteed containers have -997 or, from older kubelets, -998 as the sandbox: there the old score of every process was the same. */
const PROTECTED_SCORE_ADJ = -997;
/** How many times the victim's memory the others hold, at least, before the choice is called wrong. */
const TIMES_LARGER = 4;

/**
 * Verified: the commit message of 9066e5cfb73c (Yafang Shao) describes a Guaranteed pod whose `pause` was killed as the first process
 * scanned, because all had oom_score_adj -998; patch v3 is on the lists, the commit is in the mainline pushes of August 2020 (5.9),
 * the backport in the push of 5.4.144-rc1.
 */
export const oomBadnessPause: KnownIssue = {
  id: 'oom-badness-pause',
  affects: { kernel: { before: [5, 9], fixedInStable: [[5, 4, 144]], symptomsSuffice: true } },
  symptoms: (facts) =>
    facts.scope === 'memcg' &&
    facts.victimComm === 'pause' &&
    facts.victimOomScoreAdj !== undefined &&
    facts.victimOomScoreAdj <= PROTECTED_SCORE_ADJ &&
    facts.victimRssBytes !== undefined &&
    facts.taskRssBytes !== undefined &&
    facts.taskRssBytes > TIMES_LARGER * facts.victimRssBytes,
  symptomsInWords:
    'A memory cgroup at its limit; the victim is `pause` with oom_score_adj -997 or less, and the other processes hold far more memory.',
  seen: (facts) => ({
    adj: facts.victimOomScoreAdj ?? 0,
    victimRss: bytes(facts.victimRssBytes ?? 0),
    taskRss: bytes(facts.taskRssBytes ?? 0),
  }),
  fixedIn: ['Linux 5.9', 'Linux 5.4.144'],
  links: [
    'https://git.kernel.org/linus/9066e5cfb73cdbcdbb49e87999482ab615e9fc76',
    'https://lore.kernel.org/all/1594396651-9931-1-git-send-email-laoar.shao@gmail.com/',
  ],
  remedies: ['fix', 'workaround'],
};
