import type { memory as english } from '../en/memory.js';

export const memory = {
  'memory.charged-of-limit': '已计入 {charged}，限制 {limit}（{share}）',
  'memory.charged': '已计入 {charged}，限制未知',
  'memory.node-of-ram': '已使用 {charged}，物理内存 {limit}（{share}）',
  'memory.node': '已使用 {charged}，物理内存大小未知',
  'memory.unknown': '日志没有说明计入了多少内存。',

  'tool.ps': 'ps、top',
  'tool.kubectl-top': 'kubectl top',
  'tool.no-process': '不属于进程',
  'tool.ps.explained': '{count} 个进程的 RSS：{largest}',
  'tool.ps.explained-bare': '{count} 个进程的 RSS',
  'tool.kubectl-top.explained': '工作集：已计入的内存减去不活跃的文件缓存',
  'tool.kubectl-top.unknown': '工作集：日志没有给出 inactive_file',
  'tool.no-process.explained': '已计入，但既不在进程中，也不是内核内存',
  'tool.process': '{comm} {size}',
  'tool.processes': '{comm} ×{count} {size}',

  'tasks.summary': '{count} 个，按 RSS 排序，每页 {page}',
  'tasks.summary.assumed': '{count} 个，按 RSS 排序，每页 {page}（假定）',
  'tasks.victim': '> 被杀',
} as const satisfies Record<keyof typeof english, string>;
