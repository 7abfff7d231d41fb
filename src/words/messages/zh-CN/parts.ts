import type { parts as english } from '../en/parts.js';

export const parts = {
  'part.thp': '透明大页 (THP)',
  'part.swapcached': '交换缓存',
  'part.dirty': '脏页',
  'part.writeback': '回写中',
  'part.clean': '干净页',
  'part.mapped': '已映射',
  'part.active': '活跃',
  'part.inactive': '不活跃',
  'part.unevictable': '不可回收',
  'part.slab': 'slab',
  'part.slab-reclaimable': 'slab，可回收',
  'part.slab-unreclaimable': 'slab，不可回收',
  'part.stack': '内核栈',
  'part.page-tables': '页表',
  'part.secondary-page-tables': '虚拟机页表',
  'part.percpu': 'per-CPU',
  'part.sock': '套接字',
  'part.vmalloc': 'vmalloc',
  'part.hugetlb': 'hugetlb 池',
} as const satisfies Record<keyof typeof english, string>;
