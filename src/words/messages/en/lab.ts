/** The lab: what `lab run` and `lab compare` say. */
export const lab = {
  'lab.error.no-place-v1':
    '{subject}: no memory cgroup may be made here; run oomkit as root, in a container with /sys/fs/cgroup mounted writable',
  'lab.error.no-place-v2':
    '{subject}: no memory cgroup may be made here; run it in a delegated scope: systemd-run --user --scope -p Delegate=yes oomkit lab …, or as root',
  'lab.error.internal-processes':
    '{subject}: the only cgroup that may be divided holds {count|other process|other processes}, which forbids it; run it in a scope of its own: systemd-run --user --scope -p Delegate=yes oomkit lab …',
  'lab.error.create': '{subject}: the cgroup cannot be made ({detail})',
  'lab.error.limit': '{subject}: the kernel refuses a limit of {limit} ({detail})',
  'lab.error.no-swap-control': '{subject}: swap cannot be forbidden ({detail}); --swap allows it',
  'lab.error.no-exec':
    'a command can be started inside a cgroup only with the package koffi, which is missing here; install oomkit with npm, which brings it',
  'lab.error.enter': 'the cgroup cannot be entered ({subject}); run oomkit as root or in a delegated scope',
  'lab.error.launcher': 'oomkit could not start itself to launch the command ({subject})',
  'lab.error.reset': '{subject}: the reset command failed ({detail}); runs after it could not be compared',

  'lab.warning.no-kernel-log': "the kernel's log cannot be read here: who was killed follows from the kernel's count alone",
  'lab.warning.kills-not-logged': 'the kernel counted more kills than its log tells of: it prints at most 10 reports in 5 s',
  'lab.warning.not-removed': '{directory}: processes in it wait for a disk and do not end; it is removed as soon as they do',
  'lab.warning.from-last-sample':
    "the kernel's report of this kill is missing: the figures are those of the last sample before it, and the victim is whom the kernel would have chosen",
  'lab.warning.cache-kept':
    'the page cache of the files was not dropped between runs: the package koffi is missing; later runs may read faster',
  'lab.warning.unsafe-unwritten':
    'the time of unsafe is no gain: qemu-img ends before its data is on the disk, and a crash then loses it',
  'lab.warning.no-reset': 'nothing was reset between runs; a run may find what the one before left',
  'lab.at-peak':
    '{path}: no OOM kill in this recording; shown is {time}, the moment at which most memory could not be reclaimed, and what a kill then would have been blamed on',
  'lab.recorded': 'recording written to {path}; oomkit diagnose {path} reads it',
  'lab.cannot-write': '{path}: cannot be written ({detail})',
  'lab.running': 'round {round} of {rounds}: {name}',

  'lab.verdict.oom-killed': '{command} was OOM-killed after {time}.',
  'lab.verdict.unknown':
    '{command} was ended by SIGKILL after {time}, while the kernel killed in its cgroup: whether it was the victim cannot be told without the kernel’s log.',
  'lab.verdict.not-oom': '{command} was ended by SIGKILL after {time}, and not by the OOM killer.',
  'lab.verdict.signal': '{command} was ended by {signal} after {time}.',
  'lab.verdict.done': '{command} ended after {time}.',
  'lab.verdict.failed': '{command} failed with exit code {code} after {time}.',
  'lab.verdict.not-started': '{command} could not be run ({code}).',
  'lab.verdict.children': 'The OOM killer killed {count|process|processes} it had started.',
  'lab.verdict.near': 'It reached its limit of {limit}, and reclaim made room each time.',
  'lab.verdict.hurried': 'It reached its limit of {limit}, and {pinned} could not be reclaimed at the worst moment.',

  'lab.column.part': 'part',
  'lab.column.peak': 'peak',
  'lab.part.charged': 'charged',
  'lab.part.unreclaimable': 'cannot be reclaimed',
  'lab.part.swap': 'swap',
  'lab.heading.peaks': 'Peaks, each at its own moment',
  'lab.fact.limit': 'limit',
  'lab.fact.hits': 'limit hits',
  'lab.fact.failures': 'reclaim failed',
  'lab.fact.stalled': 'stalled',
  'lab.fact.written': 'written',
  'lab.fact.strays': 'left running',
  'lab.fact.sampling': 'sampled',
  'lab.limit.none': 'none',
  'lab.limit.ancestor': '{limit}, but {ancestor} of a cgroup above',
  'lab.hits.v1': '{count|charge|charges} met the limit and had to reclaim first (failcnt)',
  'lab.hits.v2': '{count|charge|charges} met the limit and had to reclaim first (memory.events max)',
  'lab.failures.v1': 'not counted by cgroup v1',
  'lab.failures.v2': '{count|time|times} (memory.events oom)',
  'lab.stalled.v1': 'not told by cgroup v1, which has no pressure of one cgroup',
  'lab.stalled.v2': '{time} in which a task waited for memory (PSI some)',
  'lab.strays': '{count|process|processes}, killed with the cgroup',
  'lab.sampling': '{count} times, every {median}, at most {longest} apart; {cpu} of CPU time',

  'lab.live': '{time}  {bar} {charged} of {limit}  dirty {dirty}  writeback {writeback}  writing {rate}/s  to disk {drained}/s',
  'lab.live.no-limit': '{time}  {charged}  dirty {dirty}  writeback {writeback}  writing {rate}/s  to disk {drained}/s',

  'lab.compare.heading':
    '{count|variant|variants} under {limit}, {rounds|round|rounds} each: medians, and the range where it is wide',
  'lab.compare.no-limit': 'no limit',
  'lab.compare.variant': 'variant',
  'lab.compare.time': 'time',
  'lab.compare.ok': 'ok',
  'lab.compare.kills': 'OOM',
  'lab.compare.stalled': 'stalled',
  'lab.compare.chargedBytes': 'charged',
  'lab.compare.unreclaimableBytes': 'pinned',
  'lab.compare.anonBytes': 'anon',
  'lab.compare.fileBytes': 'file',
  'lab.compare.dirtyBytes': 'dirty',
  'lab.compare.writebackBytes': 'writeback',
  'lab.compare.shmemBytes': 'shmem',
  'lab.compare.kernelBytes': 'kernel',
  'lab.compare.swapBytes': 'swap',
  'lab.compare.hits': 'limit hits',
  'lab.compare.legend': 'pinned: what reclaim could not have taken at the worst moment. ok: runs that ended with exit code 0.',
  'lab.compare.failure': '{name}, round {round}: {what}',
  'lab.compare.safe': '{name}: stayed away from the limit in every run; at most {pinned} could not be reclaimed. {cost}',
  'lab.compare.clean':
    '{name}: reached the limit with page cache that reclaim could drop: at most {pinned} could not be reclaimed. {cost}',
  'lab.compare.reclaimed':
    '{name}: reached the limit and lived: at most {pinned} could not be reclaimed, {hits|limit hit|limit hits}. It works here by reclaim alone, and depends on the disk. {cost}',
  'lab.compare.unsafe': '{name}: not safe at this limit: {kills} of {runs} runs had an OOM kill.',
  'lab.compare.failed': '{name}: {failures} of {runs} runs failed, so nothing can be said of it.',
  'lab.compare.fastest': 'It was the fastest.',
  'lab.compare.slower': 'It took {times} times as long as the fastest.',
  'lab.compare.verdict': 'What that means at this limit, on this disk',
} as const;
