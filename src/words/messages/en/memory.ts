/** The memory section: what was charged against the limit, and what other tools make of it. */
export const memory = {
  'memory.charged-of-limit': '{charged} charged of a limit of {limit} ({share})',
  'memory.charged': '{charged} charged, limit not known',
  'memory.node-of-ram': '{charged} in use of {limit} RAM ({share})',
  'memory.node': '{charged} in use, RAM not known',
  'memory.unknown': 'The log does not say how much memory was charged.',

  'tool.ps': 'ps, top',
  'tool.kubectl-top': 'kubectl top',
  'tool.no-process': 'no process',
  'tool.ps.explained': 'RSS of {count|process|processes}: {largest}',
  'tool.ps.explained-bare': 'RSS of {count|process|processes}',
  'tool.kubectl-top.explained': 'working set: charged less inactive file cache',
  'tool.kubectl-top.unknown': 'working set: the log does not give inactive_file',
  'tool.no-process.explained': 'charged, but neither in a process nor kernel memory',
  'tool.process': '{comm} {size}',
  'tool.processes': '{comm} ×{count} {size}',

  'tasks.summary': '{count|task|tasks} by RSS, pages of {page}',
  'tasks.summary.assumed': '{count|task|tasks} by RSS, pages of {page} (assumed)',
  'tasks.victim': '> killed',
} as const;
