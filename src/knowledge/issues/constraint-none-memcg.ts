import type { KnownIssue } from '../known-issue.js';

/**
 * Verified: the commit message of 432b1de0de02 shows the wrong and the right line and names ef8444ea01d7 (5.0) as its cause; it is
 * in the announcement of 5.1.19 and was in mainline on 2019-07-02, before 5.2.
 */
export const constraintNoneMemcg: KnownIssue = {
  id: 'constraint-none-memcg',
  affects: { kernel: { from: [5, 0], before: [5, 2], fixedInStable: [[5, 1, 19]], symptomsSuffice: true } },
  symptoms: (facts) => facts.scope === 'memcg' && facts.constraint === 'CONSTRAINT_NONE',
  symptomsInWords: 'The `oom-kill:` line names an oom_memcg and CONSTRAINT_NONE.',
  seen: () => ({}),
  fixedIn: ['Linux 5.2', 'Linux 5.1.19'],
  links: [
    'https://git.kernel.org/linus/432b1de0de02a83f64695e69a2d83cbee10c236f',
    'https://lore.kernel.org/all/1560522038-15879-1-git-send-email-laoar.shao@gmail.com/',
  ],
  remedies: ['fix'],
};
