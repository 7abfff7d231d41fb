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
  title: {
    en: "The report says CONSTRAINT_NONE although a cgroup's limit was hit",
    'zh-CN': '报告写着 CONSTRAINT_NONE，其实是 cgroup 达到了内存限制',
  },
  why: {
    en: 'Linux 5.0 and 5.1 print the constraint before they know it. The kill itself is right: oom_memcg names the cgroup at its limit. Tools that read only the constraint take it for a node out of memory.',
    'zh-CN':
      'Linux 5.0 和 5.1 在确定约束类型之前就把它打印出来。杀进程本身没有错：oom_memcg 指明了达到限制的 cgroup。只看约束类型的工具会误以为节点内存不足。',
  },
  fits: {
    en: "This report names an oom_memcg, so it is read as a cgroup's limit.",
    'zh-CN': '本报告给出了 oom_memcg，因此按 cgroup 限制解读。',
  },
  fix: {
    en: 'Linux 5.2 and 5.1.19 print CONSTRAINT_MEMCG.',
    'zh-CN': 'Linux 5.2 和 5.1.19 会打印 CONSTRAINT_MEMCG。',
  },
};
