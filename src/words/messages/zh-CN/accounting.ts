import type { accounting as english } from '../en/accounting.js';

export const accounting = {
  'accounting.anon-with-swap-cache': 'anon {anon}，加上已不再映射的交换缓存 {swapcached}',
  'accounting.anon-from-tasks': '缺少内存统计：以进程表中 {count} 个进程的 RSS 代替，含映射的文件和共享内存',
  'accounting.anon-from-tasks-capped':
    '缺少内存统计：{count} 个进程的 RSS 合计 {rss}，超过已计入的内存，可见其中含有共享的或计入别处的页',
  'accounting.shmem-from-lru': '此内核不打印 shmem：以匿名 LRU 链表减去 rss 推算',
  'accounting.file-less-shmem': '页缓存 {cache} 减去 shmem {shmem}',
  'accounting.kernel-from-parts': '已打印的各部分之和',
  'accounting.unexplained-rest': '已计入合计减去以上各项',
  'accounting.unexplained-no-counter': '日志没有给出已计入合计，因此算不出余数',
  'accounting.node-anon': '匿名 LRU 链表减去 shmem',
  'accounting.node-file': '文件 LRU 链表',
  'accounting.node-unexplained': '物理内存减去空闲内存和以上各项：hugetlb 池、驱动、per-CPU 和锁定的内存',
} as const satisfies Record<keyof typeof english, string>;
