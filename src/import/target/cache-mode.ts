/** How the target is written, by the names of qemu-img's -t; auto is oomkit's own. */
export const cacheModes = ['auto', 'none', 'directsync', 'writethrough', 'writeback', 'unsafe'] as const;
export type CacheMode = (typeof cacheModes)[number];

/**
 * Why pages wait for the disk though O_DIRECT is used. loop-device: below the target is one that buffers. possible: the file system
 * takes O_DIRECT in a way that leaves open whether it buffers. seen: dirty pages came while it was written.
 */
export type Buffering = 'loop-device' | 'possible' | 'seen';

/** What a mode means once the target is known. Source: bdrv_parse_cache_mode() in block.c and docs/tools/qemu-img.rst, QEMU 10. */
export interface WriteWay {
  /** The mode in use: of auto `none`, or `bounded` where O_DIRECT does not work. */
  readonly name: Exclude<CacheMode, 'auto'> | 'bounded';
  /** O_DIRECT: past the page cache. */
  readonly isDirect: boolean;
  /** O_DSYNC: each write is on the disk when it returns. */
  readonly isSync: boolean;
  /** Dirty pages are written and dropped as they come. */
  readonly isBounded: boolean;
  /** Whether the end, and every checkpoint, waits for the disk. */
  readonly flushes: boolean;
  /** Absent where nothing is known to. Dirty pages of a loop device, or of nobody knows what, are not the target's: all is synced then. */
  readonly buffering?: Buffering;
}

/** What a probe of the target found: see probe.ts. */
export type DirectAnswer = 'proven' | 'accepted' | 'refused';

/**
 * The way a mode is written; `isOnBufferingLoop`: a loop device that buffers is at or below the target. `none` and `directsync` on a
 * target that refuses O_DIRECT have none: undefined.
 */
export function writeWay(mode: CacheMode, direct: DirectAnswer, isOnBufferingLoop = false): WriteWay | undefined {
  const below = isOnBufferingLoop ? ({ buffering: 'loop-device' } as const) : {};
  const plain = { isDirect: false, isSync: false, isBounded: false, flushes: true };
  const past = { ...plain, isDirect: true, ...(direct === 'accepted' ? ({ buffering: 'possible' } as const) : {}), ...below };
  switch (mode) {
    case 'auto':
    case 'none':
      // Maybe buffered, and bounded: pages that do not exist cost nothing to write and drop.
      if (direct !== 'refused') return { ...past, name: 'none', isBounded: past.buffering !== undefined };
      return mode === 'none' ? undefined : { ...plain, ...below, name: 'bounded', isBounded: true };
    case 'directsync':
      return direct === 'refused' ? undefined : { ...past, name: mode, isSync: true };
    case 'writethrough':
      return { ...plain, name: mode, isSync: true };
    case 'writeback':
      return { ...plain, name: mode };
    case 'unsafe':
      return { ...plain, name: mode, flushes: false };
  }
}
