/** Formats with tables of their own that say where the disk's bytes lie; qemu-img converts them. */
export const STRUCTURED_FORMATS = ['qcow2', 'vmdk', 'vdi', 'vhd', 'vhdx'] as const;
/** Streams that hold another image, compressed. */
export const COMPRESSED_FORMATS = ['gz', 'xz', 'zst', 'bz2'] as const;

export type StructuredFormat = (typeof STRUCTURED_FORMATS)[number];
export type CompressedFormat = (typeof COMPRESSED_FORMATS)[number];
/** `tar` is an OVA too; `raw` is what no other format claims. */
export type ImageFormat = 'raw' | 'iso' | 'tar' | StructuredFormat | CompressedFormat;

export function isStructured(format: ImageFormat): format is StructuredFormat {
  return STRUCTURED_FORMATS.some((name) => name === format);
}

export function isCompressed(format: ImageFormat): format is CompressedFormat {
  return COMPRESSED_FORMATS.some((name) => name === format);
}
