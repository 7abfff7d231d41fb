import { type ImageFormat, STRUCTURED_FORMATS } from './image-format.js';
import { latin1 } from './numbers.js';
import { ImageRefused } from './refused.js';
import { isFixedVhdFooter, VHD_FOOTER_BYTES } from './vhd/footer.js';

/** How much of an image's beginning tells its format: the marks of ISO 9660 are the farthest. */
export const HEAD_BYTES = 40_960;
/** How much of its end: the footer of a fixed VHD. */
export const TAIL_BYTES = VHD_FOOTER_BYTES;

/** What a mark claims the image to be; a name that is no ImageFormat is one that is not imported. */
type Claim = ImageFormat | { readonly unsupported: string };

interface Mark {
  readonly claims: Claim;
  readonly offset: number;
  /** Byte values, compared one for one. */
  readonly bytes: string;
}

/**
 * Sources: qcow2.txt and vdi.c of QEMU 9.2; VMware's Virtual Disk Format 5.0; the VHD specification 1.0; MS-VHDX 2.1; RFC 1952,
 * 8878; the .xz format 1.2; POSIX.1-2017 pax; ECMA-119, 7. The unsupported ones: the magic numbers of file(1) 5.44.
 */
const MARKS: readonly Mark[] = [
  { claims: 'qcow2', offset: 0, bytes: 'QFI\xfb' },
  { claims: 'vmdk', offset: 0, bytes: 'KDMV' },
  { claims: 'vmdk', offset: 0, bytes: 'COWD' },
  { claims: 'vmdk', offset: 0, bytes: '\xbe\xba\xfe\xca\0\0\0\0' },
  { claims: 'vdi', offset: 0x40, bytes: '\x7f\x10\xda\xbe' },
  { claims: 'vhd', offset: 0, bytes: 'conectix' },
  { claims: 'vhdx', offset: 0, bytes: 'vhdxfile' },
  { claims: 'gz', offset: 0, bytes: '\x1f\x8b\x08' },
  { claims: 'xz', offset: 0, bytes: '\xfd7zXZ\0' },
  { claims: 'zst', offset: 0, bytes: '\x28\xb5\x2f\xfd' },
  { claims: 'tar', offset: 257, bytes: 'ustar' },
  { claims: 'iso', offset: 0x8001, bytes: 'CD001' },
  { claims: 'iso', offset: 0x8801, bytes: 'CD001' },
  { claims: 'iso', offset: 0x9001, bytes: 'CD001' },
  { claims: { unsupported: 'qed' }, offset: 0, bytes: 'QED\0' },
  { claims: { unsupported: 'parallels' }, offset: 0, bytes: 'WithoutFreeSpace' },
  { claims: { unsupported: 'parallels' }, offset: 0, bytes: 'WithouFreSpacExt' },
  { claims: { unsupported: 'bochs' }, offset: 0, bytes: 'Bochs Virtual HD Image' },
  { claims: { unsupported: 'cloop' }, offset: 0, bytes: '#!/bin/sh\n#V2.0 Format\nmodprobe cloop' },
  { claims: { unsupported: 'zip' }, offset: 0, bytes: 'PK\x03\x04' },
  { claims: { unsupported: '7z' }, offset: 0, bytes: '7z\xbc\xaf\x27\x1c' },
  { claims: { unsupported: 'rar' }, offset: 0, bytes: 'Rar!\x1a\x07' },
  { claims: { unsupported: 'lz4' }, offset: 0, bytes: '\x04\x22\x4d\x18' },
  { claims: { unsupported: 'lzip' }, offset: 0, bytes: 'LZIP\x01' },
  { claims: { unsupported: 'lzop' }, offset: 0, bytes: '\x89LZO\0\r\n\x1a\n' },
  { claims: { unsupported: 'compress' }, offset: 0, bytes: '\x1f\x9d' },
  { claims: { unsupported: 'wim' }, offset: 0, bytes: 'MSWIM\0\0\0' },
];

/** Those that a program may take a disk for when it is not told the format. */
const DISK_FORMATS: ReadonlySet<string> = new Set([...STRUCTURED_FORMATS, 'qed', 'parallels', 'bochs', 'cloop']);

/** bzip2: the level, then the mark of a block or of the end of an empty stream. */
const BZIP2 = /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/;
/** A skippable frame may come first in zstd: RFC 8878, 3.1.2. */
const ZSTD_SKIPPABLE = /^[\x50-\x5f]\x2a\x4d\x18/;
/** VMDK's descriptor as a file of its own, also as QEMU finds it: comments, blank lines, then the version. */
const VMDK_DESCRIPTOR = /^(?:\s*# Disk DescriptorFile|(?:#[^\n]*\n| *\r?\n)*version=[123]\r?\n)/;
const DESCRIPTOR_HEAD_BYTES = 2048;

/**
 * What an image is, by its content alone: its first HEAD_BYTES (or all of it), and its last TAIL_BYTES, without which a fixed
 * VHD cannot be told from a raw disk.
 *
 * Two formats at once are refused, with one exception: an ISO inside a fixed VHD is a VHD. Raw is what nothing else claims. This
 * decides once, on the source; the disk that comes out of an image is data and is never asked again what it is.
 *
 * @throws {ImageRefused} `polyglot`, or `unsupported-format` for formats that would be no disk if they were written as they are.
 */
export function recognise(head: Uint8Array, tail?: Uint8Array, sizeBytes?: number): ImageFormat {
  const claims = new Map<string, Claim>();
  for (const claim of claimsOf(head)) claims.set(nameOf(claim), claim);
  if (tail !== undefined && sizeBytes !== undefined && claims.get('vhd') === undefined && isFixedVhdFooter(tail, sizeBytes)) {
    claims.set('vhd', 'vhd');
    claims.delete('iso');
  }
  const [first, second] = claims.keys();
  if (first !== undefined && second !== undefined) throw new ImageRefused('polyglot', { first, second });
  const claim = first === undefined ? 'raw' : claims.get(first);
  if (typeof claim === 'object') throw new ImageRefused('unsupported-format', { found: claim.unsupported });
  return claim ?? 'raw';
}

/** The image format whose header these bytes begin with; undefined when they are no disk image of another kind. */
export function imageHeaderIn(sector: Uint8Array): string | undefined {
  return claimsOf(sector)
    .map(nameOf)
    .find((name) => DISK_FORMATS.has(name));
}

function claimsOf(head: Uint8Array): Claim[] {
  const text = latin1(new DataView(head.buffer, head.byteOffset, head.length), 0, Math.min(head.length, HEAD_BYTES));
  const claims = MARKS.filter(({ offset, bytes }) => text.startsWith(bytes, offset)).map((mark) => mark.claims);
  if (BZIP2.test(text)) claims.push('bz2');
  if (ZSTD_SKIPPABLE.test(text)) claims.push('zst');
  if (VMDK_DESCRIPTOR.test(text.slice(0, DESCRIPTOR_HEAD_BYTES))) claims.push('vmdk');
  return claims;
}

function nameOf(claim: Claim): string {
  return typeof claim === 'object' ? claim.unsupported : claim;
}
