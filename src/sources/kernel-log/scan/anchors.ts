/**
 * What a line must hold for the parser to look at it. Text between two anchors is skipped, so every line that can begin a
 * report, or that can be all that is left of one, needs an anchor. Case matters. At most 28 bytes of ASCII each.
 */
export const ANCHORS: readonly string[] = [
  // "java invoked oom-killer: …" and "oom-kill:constraint=…" (since 5.0): the head of a report and its summary.
  'oom-kill',
  // The handlers in the call trace, "oom_reaper: reaped process …", and the flags "oom_score_adj=" and "oom_memcg=".
  'oom_',
  // "Memory cgroup out of memory: Killed process 123 (java) …": the kill.
  'Killed process',
  // "Out of memory: Kill process 123 (java) score 900 or sacrifice child": the announcement up to 5.0.
  'ill process',
  // The same lines when their tail is cut off, and "Out of memory and no killable processes".
  'ut of memory',
  // "Task in /kubepods/… killed as a result of limit of /kubepods/…": whose limit it was, up to 4.20.
  'a result of limit of',
  // "memory: usage 262144kB, limit 262144kB, failcnt 12": the counters of the memory cgroup.
  'memory: usage',
  // "memory+swap: usage …": the same on cgroup v1, told apart by the text before the colon.
  ' memory+swap: usage',
  // "Memory cgroup stats for /kubepods/…": the statistics of the memory cgroup.
  'Memory cgroup stats',
  // "Mem-Info:": the node's memory, in reports about the node.
  'Mem-Info',
  // "Tasks in /kubepods/… are going to be killed due to memory.oom.group set".
  'oom.group',
  // The head of the task table up to 4.18, and since 4.19.
  '[ pid ]',
  '[  pid  ]',
];

/**
 * Three-byte pieces of the anchors by which they are first noticed. Each anchor must hold one at an even and one at an odd
 * offset, because they are sought at every second byte only. Pieces in one bucket are told apart by their nibbles alone, so
 * the bucket also lets mixtures of them through, to be compared in full. Pieces and buckets were chosen by counting what
 * passes in public log collections and in logs of Kubernetes nodes: at most about one place in a thousand.
 */
export const FINGERPRINT_BUCKETS: readonly (readonly string[])[] = [
  ['oom', ' pi'],
  ['om-', 'em-'],
  ['om_', 'emo'],
  ['.gr', '[ p'],
  ['roc'],
  ['oce', 'mem', 'Mem'],
  ['f l', 'd  '],
  ['esu'],
];
