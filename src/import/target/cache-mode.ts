/** How the target is written, by the names of qemu-img's -t; auto is oomkit's own. */
export const cacheModes = ['auto', 'none', 'directsync', 'writethrough', 'writeback', 'unsafe'] as const;
export type CacheMode = (typeof cacheModes)[number];

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
}

/** What a probe of the target found: see probe.ts. */
export type DirectAnswer = 'proven' | 'accepted' | 'refused';

/** The way a mode is written. `none` and `directsync` on a target that refuses O_DIRECT have none: undefined. */
export function writeWay(mode: CacheMode, direct: DirectAnswer): WriteWay | undefined {
  const plain = { isDirect: false, isSync: false, isBounded: false, flushes: true };
  switch (mode) {
    case 'auto':
      // Accepted, and yet maybe buffered: pages that do not exist cost nothing to write and drop.
      if (direct !== 'refused') return { ...plain, name: 'none', isDirect: true, isBounded: direct === 'accepted' };
      return { ...plain, name: 'bounded', isBounded: true };
    case 'none':
      return direct === 'refused' ? undefined : { ...plain, name: mode, isDirect: true };
    case 'directsync':
      return direct === 'refused' ? undefined : { ...plain, name: mode, isDirect: true, isSync: true };
    case 'writethrough':
      return { ...plain, name: mode, isSync: true };
    case 'writeback':
      return { ...plain, name: mode };
    case 'unsafe':
      return { ...plain, name: mode, flushes: false };
  }
}
