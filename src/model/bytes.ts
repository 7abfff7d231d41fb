/** Units of memory. Every size in oomkit's code is a plain number of bytes (exact below 8 PiB). */
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/**
 * Limits at or above this are the kernel's "no limit". PAGE_COUNTER_MAX is LONG_MAX / PAGE_SIZE pages, printed as
 * 9007199254740988kB (4 KiB pages) or ...92kB, and as 18014398509481983kB by the res_counter of kernels before 3.19.
 * 64 KiB pages give 9007199254740928kB, so anything from 2^53 - 2^20 KiB up is taken as unlimited.
 * Source: include/linux/page_counter.h (6.x), include/linux/res_counter.h (3.10).
 */
const UNLIMITED_BYTES = (2 ** 53 - 2 ** 20) * KIB;

/** Whether a limit as the kernel prints it means "no limit". */
export function isUnlimited(limitBytes: number): boolean {
  return limitBytes >= UNLIMITED_BYTES || limitBytes >= 2 ** 63 - 2 ** 24;
}
