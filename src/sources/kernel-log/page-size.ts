import { KIB, type PageSize } from '../../model/index.js';

/** Page sizes Linux runs with: 4 KiB, 16 KiB (arm64), 64 KiB (arm64, ppc64le). */
const PAGE_SIZES: readonly number[] = [4 * KIB, 16 * KIB, 64 * KIB];

export interface PageSizeFacts {
  /** The victim's virtual size twice: in pages from the table, in bytes from the `Killed process` line. */
  readonly victims: readonly { readonly totalVmPages: number; readonly totalVmBytes: number; readonly line: number }[];
  /** The first block size of each buddy list: order 0 is one page. */
  readonly buddies: readonly { readonly blockBytes: number; readonly line: number }[];
  readonly release?: string;
}

/** Releases built for 64 KiB pages by default: ppc64 of every distribution, RHEL 8 on arm64, and kernels named for it. */
const RELEASE_64K = /ppc64|[+.-]64k\b|\.el8.*aarch64/;

/** The page size a report proves; else the one its kernel is built for, marked assumed. */
export function pageSizeOf(facts: PageSizeFacts): PageSize {
  for (const buddy of facts.buddies) {
    if (PAGE_SIZES.includes(buddy.blockBytes)) return { bytes: buddy.blockBytes, how: 'measured', line: buddy.line };
  }
  for (const victim of facts.victims) {
    const bytes = victim.totalVmBytes / victim.totalVmPages;
    if (PAGE_SIZES.includes(bytes)) return { bytes, how: 'measured', line: victim.line };
  }
  return { bytes: RELEASE_64K.test(facts.release ?? '') ? 64 * KIB : 4 * KIB, how: 'assumed' };
}
