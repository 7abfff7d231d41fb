import type { CauseId } from '../../../model/index.js';

/** Names of the causes that fit a table's column; the full titles come with each cause. */
export const causeNames = {
  'cause-name.anon-memory': 'process memory',
  'cause-name.page-cache-writeback': 'page cache in writeback',
  'cause-name.tmpfs': 'tmpfs',
  'cause-name.kernel-memory': 'kernel memory',
  'cause-name.process-count': 'many processes',
  'cause-name.limit-below-baseline': 'limit too low',
  'cause-name.ancestor-limit': "an ancestor's limit",
  'cause-name.node-memory': 'node out of memory',
  'cause-name.hugetlb': 'huge pages',
  'cause-name.mlocked': 'locked memory',
  'cause-name.swap-exhausted': 'swap exhausted',
  'cause-name.allocation-constraint': 'allocation constraint',
  'cause-name.child-process-killed': 'child process killed',
  'cause-name.not-oom': 'not an OOM kill',
  'cause-name.insufficient-evidence': 'not enough evidence',
} as const satisfies Record<`cause-name.${CauseId}`, string>;
