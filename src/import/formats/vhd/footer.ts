import { latin1 } from '../numbers.js';

/** The footer, and its copy at the start of a dynamic VHD: the VHD specification 1.0, "Hard Disk Footer Format". */
export const VHD_FOOTER_BYTES = 512;
const COOKIE = 'conectix';
const DISK_TYPE_AT = 60;
const CHECKSUM_AT = 64;
/** The specification's disk types. */
export const VHD_FIXED = 2;
export const VHD_DYNAMIC = 3;
export const VHD_DIFFERENCING = 4;

export function hasVhdCookie(footer: DataView): boolean {
  return latin1(footer, 0, COOKIE.length) === COOKIE;
}

export function vhdDiskType(footer: DataView): number {
  return footer.getUint32(DISK_TYPE_AT);
}

/** The one's complement of the sum of all bytes but its own four. */
export function vhdChecksum(structure: DataView, checksumAt: number): number {
  let sum = 0;
  for (let at = 0; at < structure.byteLength; at++) {
    if (at < checksumAt || at >= checksumAt + 4) sum += structure.getUint8(at);
  }
  return ~sum >>> 0;
}

export function isVhdFooterWhole(footer: DataView): boolean {
  return footer.getUint32(CHECKSUM_AT) === vhdChecksum(footer, CHECKSUM_AT);
}

/**
 * Whether the last bytes of an image are the footer of a fixed VHD, which has no other mark. A guest may write such a sector at the
 * end of its raw disk; hence the checksum, and a size that leaves room for the footer.
 */
export function isFixedVhdFooter(tail: Uint8Array, sizeBytes: number): boolean {
  if (tail.length < VHD_FOOTER_BYTES || sizeBytes < 2 * VHD_FOOTER_BYTES) return false;
  const footer = new DataView(tail.buffer, tail.byteOffset + tail.length - VHD_FOOTER_BYTES, VHD_FOOTER_BYTES);
  return hasVhdCookie(footer) && vhdDiskType(footer) === VHD_FIXED && isVhdFooterWhole(footer);
}
