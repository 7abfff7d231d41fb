/** Live memory: what `inspect` and `top` say, and what can go wrong when the host's files are read. */
export const inspect = {
  'host.error.permission': '{subject}: permission denied; run oomkit as root, or as the user whose processes these are',
  'host.error.io': '{subject}: cannot be read ({detail})',
  'host.error.no-mountinfo': '{subject}: there is no such file; live memory needs Linux with /proc mounted',
  'host.error.no-memory-hierarchy':
    '{subject}: no memory cgroup is mounted; in a container, mount /sys/fs/cgroup of the host read-only',
  'host.error.no-process': 'there is no process {subject}; inside a container only its own processes are seen',
  'host.error.no-cgroup': 'process {subject} is in no memory cgroup',
  'host.error.outside-hierarchy':
    'cgroup {subject} lies outside {root}, which is all that is mounted here; run oomkit on the node, or with hostPID and the /sys/fs/cgroup of the host',
  'host.error.no-match':
    'nothing here is {subject}: neither a process, a cgroup, the beginning of a container id (4 characters at least) nor of a pod UID; oomkit top --all lists what there is',
  'host.error.ambiguous': '{subject} names {count} cgroups, such as {first} and {second}; give more of the id, or the path',

  'inspect.headline': '{name} now',
  'inspect.target.container': 'container {id} of pod {pod}',
  'inspect.target.container-alone': 'container {id}',
  'inspect.target.pod': 'pod {pod}',
  'inspect.target.cgroup': 'cgroup {path}',

  'inspect.charged-no-limit': '{charged} charged, no limit',

  'inspect.verdict.no-limit':
    'Nothing would be killed now: no limit applies to it. It can only end with the memory of the node itself.',
  'inspect.verdict.below': 'Nothing would be killed now: {share} of the limit used.',
  'inspect.verdict.reclaimable':
    'Nothing would be killed now: {share} of the limit used, but {reclaimable} of that can be reclaimed.',
  'inspect.verdict.at-limit':
    'What is allocated next may end in an OOM kill: {share} of the limit used, and reclaim could make room for only {headroom}.',
  'inspect.verdict.at-limit-below-zero':
    'What is allocated next may end in an OOM kill: {share} of the limit used, and none of it can be reclaimed now.',
  'inspect.would-kill': 'The kernel would choose {comm} (pid {pid}).',

  'inspect.fact.cgroup': 'cgroup',
  'inspect.fact.limit': 'limit',
  'inspect.fact.headroom': 'hard headroom',
  'inspect.fact.working-set': 'working set',
  'inspect.fact.dirty': 'dirty + writeback',
  'inspect.fact.pressure': 'pressure',
  'inspect.fact.events': 'events',
  'inspect.fact.peak': 'peak',
  'inspect.fact.swap': 'swap',
  'inspect.cgroup': '{path} (cgroup v{version})',
  'inspect.limit.own': '{limit}, its own',
  'inspect.limit.of': '{limit}, of {owner}, which uses {usage}',
  'inspect.limit.unseen': '{limit}, of a cgroup above what can be seen from here',
  'inspect.limit.none': 'none',
  'inspect.headroom': '{headroom}: the limit less {unreclaimable} that cannot be reclaimed now',
  'inspect.headroom.of-owner': '{headroom}: the limit less {unreclaimable} of all under it that cannot be reclaimed now',
  'inspect.unreclaimable.anon': 'anon {size}',
  'inspect.unreclaimable.shmem': 'shmem {size}',
  'inspect.unreclaimable.kernel': 'kernel {size}',
  'inspect.unreclaimable.dirty': 'dirty {size}',
  'inspect.unreclaimable.locked': 'locked cache {size}',
  'inspect.working-set': '{size}, as kubectl top and the kubelet see it',
  'inspect.dirty': '{dirty} + {writeback}',
  'inspect.pressure': 'some {some10} in the last 10 s, {some60} in 60 s; full {full10} and {full60}',
  'inspect.events.hits': 'limit hit {count|time|times}',
  'inspect.events.oom-kills': '{count|OOM kill|OOM kills}',
  'inspect.events.under-oom': 'under OOM now',

  'inspect.processes': '{count|process|processes}, {rss} resident',
  'inspect.processes.more': 'and {count|smaller process|smaller processes} with {rss}',
  'inspect.processes.against-anon':
    'The processes show {resident} of anon memory, the cgroup is charged {charged}: {difference} {direction}.',
  'inspect.processes.less': 'belong to no process here: to processes that moved or ended meanwhile, or to swap cache',
  'inspect.processes.more-than':
    'are counted more than once where forked processes share pages, or were charged elsewhere before a process moved here',
  'inspect.writable': 'Open for writing',
  'inspect.writable.file': '{path} ({size}, {comm} {pid}) on {device}, {fileSystem}',

  'inspect.causes': 'If it were killed as it is now',

  'top.pod': 'POD',
  'top.container': 'CONTAINER',
  'top.name': 'NAME',
  'top.memory': 'MEMORY',
  'top.usage': 'USAGE',
  'top.limit': 'LIMIT',
  'top.percent': '%',
  'top.anon': 'ANON',
  'top.file': 'FILE',
  'top.dirty': 'DIRTY',
  'top.shmem': 'SHMEM',
  'top.kernel': 'KERNEL',
  'top.swap': 'SWAP',
  'top.peak': 'PEAK',
  'top.hits': 'HITS',
  'top.oom-kills': 'OOMKILLS',
  'top.path': 'CGROUP',
  'top.nothing': 'no cgroup with processes; --all lists empty ones too',
} as const;
