/** What `lab predict` says, and `lab run` of what was predicted. */
export const labPredict = {
  'lab.predict.room': 'A limit of {limit} less {other} that is no page of a file leaves room for {room}',
  'lab.predict.domain.memcg': "The cgroup's own dirty pages count (cgroup writeback): the thresholds are parts of {dirtyable}",
  'lab.predict.domain.global': "The cgroup's own thresholds lie above the machine's, which decide: parts of {dirtyable}",
  'lab.predict.domain.v1-global': "cgroup v1 has no thresholds of its own, the machine's decide: parts of {dirtyable}",
  'lab.predict.domain.v2-global': "Without cgroup writeback the machine's thresholds decide: parts of {dirtyable}",
  'lab.predict.thresholds': 'The flusher starts at {background} of dirty pages; at {throttle} the writer is stopped',
  'lab.predict.freerun': 'The writer is slowed from half way between them: ({background} + {throttle}) / 2 = {freerun}',
  'lab.predict.charge':
    'The page cache, clean pages included, fills the room after {room} / {write}/s = {time}; from then on pages must be reclaimed',
  'lab.predict.flusher': 'The flusher starts after {background} / {write}/s = {time}; until then nothing is written to the disk',
  'lab.predict.flusher-by-age':
    'The flusher starts when the first pages are old, after {time}: {amount} wait by then, less than the {background} at which it starts anyway',
  'lab.predict.growth': 'From then on what waits grows by {write}/s − {disk}/s, at least 0: {growth}/s',
  'lab.predict.reaches.limit':
    'The writer would be slowed from {freerun}, above the room of {room}: unwritten pages fill it after {time}',
  'lab.predict.reaches.unsure':
    'The room of {room} lies between where the writer is slowed, {freerun}, and where it is stopped, {throttle}: unwritten pages fill it after {time} at the earliest, or never',
  'lab.predict.setpoint':
    'The writer is slowed until what waits settles at ({freerun} + {throttle}) / 2 = {stands}, below the room of {room}',
  'lab.predict.stands': 'The disk keeps up: about {stands} wait at most, of a room of {room}',
  'lab.predict.then.keeps-up':
    'About {stands} wait for the disk at most. Clean page cache may fill the limit; it is reclaimed on demand.',
  'lab.predict.then.throttled':
    'The kernel slows the writer to the {disk}/s of the disk while about {stands} wait. The rest of the limit can be reclaimed as needed.',
  'lab.predict.then.unsure':
    'It may go either way: the kernel slows the writer only shortly before unwritten pages fill the limit of {limit}. Measure it with `oomkit lab run`.',
  'lab.predict.then.catches-up':
    'The limit of {limit} is full of unwritten pages before the flusher starts. Reclaim then wakes it, and the disk is as fast as the writer: short waits, and a small risk of an OOM kill.',
  'lab.predict.then.v1-waits':
    'At the limit of {limit} reclaim makes the writer wait for the disk, {disk}/s. That usually lets it live; when the disk stalls or other memory grows, an OOM kill is possible.',
  'lab.predict.then.v1-fails':
    'At the limit of {limit} reclaim finds pages that wait for the disk, {disk}/s, and this kernel does not make the writer wait for them: an OOM kill is likely.',
  'lab.predict.then.v1-unknown':
    'At the limit of {limit} reclaim finds pages that wait for the disk, {disk}/s. Whether the writer waits or is OOM-killed depends on the kernel.',
  'lab.predict.then.v2-limit':
    'At the limit of {limit} reclaim finds pages that wait for the disk, {disk}/s. On cgroup v2 it relies on the thresholds to slow the writer, which they do not here: an OOM kill is possible.',
  'lab.predict.coarse.steady':
    'Both rates are taken as steady, and each page as written once. Real writers pause, and disks change their speed.',
  'lab.predict.coarse.others':
    'All dirty pages of the machine are taken to be this writer’s. Others make the flusher start and the slowing begin earlier, and a slow disk has only a share of the thresholds.',
  'lab.predict.coarse.filesystem':
    'This holds on ext2, ext4, btrfs, f2fs and xfs, with the io controller on. On NFS, FUSE and others the machine’s thresholds decide: `--no-cgroup-writeback`.',
  'lab.predict.coarse.no-kernel': 'The kernel is not known; for the thresholds a recent one is assumed.',
  'lab.predict.coarse.vendor': '{release} is a vendor’s kernel with backports: what mainline does at that version may not hold.',
  'lab.predict.coarse.reclaim':
    'Reclaim waits for writeback since Linux 6.1 with the classic LRU, not with the multi-gen LRU; which of these holds is not known.',
  'lab.predict.verdict.limit': 'Unwritten pages fill the limit after {time}.',
  'lab.predict.verdict.unsure': 'Unwritten pages may fill the limit, after {time} at the earliest.',
  'lab.predict.verdict.below-limit': 'Unwritten pages do not fill the limit.',
  'lab.predict.heading.steps': 'The arithmetic',
  'lab.predict.heading.then': 'What happens then',
  'lab.predict.heading.coarse': 'Where this is coarse',
  'lab.predict.beside.heading': 'Predicted and measured',
  'lab.predict.beside.basis': 'Predicted from {write}/s written and {disk}/s taken by the disk.',
  'lab.predict.beside.no-disk':
    'Predicted from {write}/s written; too little was seen to tell the rate of the disk, which is taken as 0.',
  'lab.predict.beside.predicted': 'predicted',
  'lab.predict.beside.measured': 'measured',
  'lab.predict.beside.charge': 'limit met after',
  'lab.predict.beside.unwritten': 'most unwritten',
  'lab.predict.beside.not-met': 'not met',
} as const;
