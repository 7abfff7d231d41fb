import type { labPredict as english } from '../en/lab-predict.js';

export const labPredict = {
  'lab.predict.room': '内存限制 {limit} 减去非文件页 {other}，可容纳文件页 {room}',
  'lab.predict.domain.memcg': '按该 cgroup 自身的脏页计算（cgroup writeback）：阈值取自 {dirtyable}',
  'lab.predict.domain.global': '该 cgroup 自身的阈值高于整机阈值，由后者决定：取自 {dirtyable}',
  'lab.predict.domain.v1-global': 'cgroup v1 没有自己的阈值，由整机阈值决定：取自 {dirtyable}',
  'lab.predict.domain.v2-global': '没有 cgroup writeback，由整机阈值决定：取自 {dirtyable}',
  'lab.predict.thresholds': '脏页达到 {background} 时回写线程（flusher）启动；达到 {throttle} 时写入者被阻塞',
  'lab.predict.freerun': '从两者的中点起对写入者限速：({background} + {throttle}) / 2 = {freerun}',
  'lab.predict.charge': '页缓存（含干净页）填满这部分空间需要 {room} / {write}/s = {time}；此后必须回收页',
  'lab.predict.flusher': '回写线程在 {background} / {write}/s = {time} 后启动；在此之前不写磁盘',
  'lab.predict.flusher-by-age':
    '最早的脏页到期时（{time} 后）回写线程启动：此时有 {amount} 在等待，尚未达到启动阈值 {background}',
  'lab.predict.growth': '此后等待回写的页按 {write}/s − {disk}/s（不小于 0）增长：{growth}/s',
  'lab.predict.reaches.limit': '限速要到 {freerun} 才开始，高于可用空间 {room}：未写入的页在 {time} 后将其填满',
  'lab.predict.reaches.unsure':
    '可用空间 {room} 介于限速起点 {freerun} 与阻塞阈值 {throttle} 之间：未写入的页最早在 {time} 后将其填满，也可能不会',
  'lab.predict.setpoint': '写入者被限速，等待回写的页稳定在 ({freerun} + {throttle}) / 2 = {stands}，低于可用空间 {room}',
  'lab.predict.stands': '磁盘跟得上：可用空间 {room} 中至多约 {stands} 在等待',
  'lab.predict.then.keeps-up': '至多约 {stands} 在等待写盘。干净的页缓存可能填满内存限制，但可随时回收。',
  'lab.predict.then.throttled': '内核把写入者限速到磁盘的 {disk}/s，约有 {stands} 在等待。其余的页缓存可按需回收。',
  'lab.predict.then.unsure':
    '两种结果都有可能：直到未写入的页快要填满 {limit} 的内存限制时，内核才开始限速。请用 `oomkit lab run` 实测。',
  'lab.predict.then.catches-up':
    '回写线程启动之前，未写入的页就已填满 {limit} 的内存限制。届时回收会唤醒它，而磁盘不比写入者慢：只有短暂等待，OOM 风险较小。',
  'lab.predict.then.v1-waits':
    '达到 {limit} 的内存限制后，回收让写入者等待磁盘（{disk}/s）。通常因此得以存活；若磁盘停顿或其他内存增长，仍可能发生 OOM。',
  'lab.predict.then.v1-fails':
    '达到 {limit} 的内存限制后，回收遇到的都是等待写盘的页（{disk}/s），而该内核不会让写入者等待：很可能发生 OOM。',
  'lab.predict.then.v1-unknown':
    '达到 {limit} 的内存限制后，回收遇到的都是等待写盘的页（{disk}/s）。写入者是等待还是遭遇 OOM，取决于内核。',
  'lab.predict.then.v2-limit':
    '达到 {limit} 的内存限制后，回收遇到的都是等待写盘的页（{disk}/s）。cgroup v2 依靠阈值给写入者限速，而此处阈值不起作用：可能发生 OOM。',
  'lab.predict.coarse.steady': '假定两个速率都稳定，且每页只写一次。实际的写入者会停顿，磁盘速度也会变化。',
  'lab.predict.coarse.others':
    '假定整机的脏页都来自该写入者。若有其他写入者，回写和限速会更早开始；慢速磁盘也只分得阈值的一部分。',
  'lab.predict.coarse.filesystem':
    '适用于 ext2、ext4、btrfs、f2fs 和 xfs，且须启用 io 控制器。在 NFS、FUSE 等文件系统上由整机阈值决定：`--no-cgroup-writeback`。',
  'lab.predict.coarse.no-kernel': '内核版本未知；阈值按较新的内核计算。',
  'lab.predict.coarse.vendor': '{release} 是带有移植补丁的厂商内核：主线同版本的行为未必适用。',
  'lab.predict.coarse.reclaim':
    '自 Linux 6.1 起，传统 LRU 的回收会等待回写，multi-gen LRU（MGLRU）则不会；此处属于哪种情况不得而知。',
  'lab.predict.verdict.limit': '未写入的页在 {time} 后填满内存限制。',
  'lab.predict.verdict.unsure': '未写入的页可能填满内存限制，最早在 {time} 后。',
  'lab.predict.verdict.below-limit': '未写入的页不会填满内存限制。',
  'lab.predict.heading.steps': '推算过程',
  'lab.predict.heading.then': '之后会怎样',
  'lab.predict.heading.coarse': '粗略之处',
  'lab.predict.beside.heading': '预测与实测',
  'lab.predict.beside.basis': '预测依据：写入 {write}/s，落盘 {disk}/s。',
  'lab.predict.beside.no-disk': '预测依据：写入 {write}/s；所见太少，无法得知落盘速率，按 0 计算。',
  'lab.predict.beside.predicted': '预测',
  'lab.predict.beside.measured': '实测',
  'lab.predict.beside.charge': '触及限制用时',
  'lab.predict.beside.unwritten': '未写入峰值',
  'lab.predict.beside.not-met': '未触及',
} as const satisfies Record<keyof typeof english, string>;
