import type { causeNames as english } from '../en/cause-names.js';

export const causeNames = {
  'cause-name.anon-memory': '进程内存',
  'cause-name.page-cache-writeback': '页缓存回写',
  'cause-name.tmpfs': 'tmpfs',
  'cause-name.kernel-memory': '内核内存',
  'cause-name.process-count': '进程过多',
  'cause-name.limit-below-baseline': '限制过低',
  'cause-name.ancestor-limit': '上级的限制',
  'cause-name.node-memory': '节点内存耗尽',
  'cause-name.hugetlb': '大页',
  'cause-name.mlocked': '锁定的内存',
  'cause-name.swap-exhausted': '交换空间耗尽',
  'cause-name.allocation-constraint': '分配约束',
  'cause-name.child-process-killed': '子进程被杀',
  'cause-name.not-oom': '并非 OOM',
  'cause-name.insufficient-evidence': '证据不足',
} as const satisfies Record<keyof typeof english, string>;
