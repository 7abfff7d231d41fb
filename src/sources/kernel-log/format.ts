/** What a source holds, told by its first bytes: names lie, and rotation leaves `syslog.2.gz` beside `syslog.1`. */
export type SourceFormat = 'text' | 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'lz4' | 'journal' | 'binary';

/** How many bytes detectFormat() wants to see; fewer are enough for a shorter source. */
export const HEAD_BYTES = 4096;

/**
 * Magic numbers. gzip: RFC 1952; zstd: RFC 8878; xz: the .xz file format 1.2.1; bzip2 and lz4 frames: their format
 * documents; LPKSHHRH: systemd's journal file format.
 */
const MAGIC: readonly { readonly format: SourceFormat; readonly bytes: readonly number[] }[] = [
  { format: 'gzip', bytes: [0x1f, 0x8b] },
  { format: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { format: 'bzip2', bytes: [0x42, 0x5a, 0x68] },
  { format: 'lz4', bytes: [0x04, 0x22, 0x4d, 0x18] },
  { format: 'journal', bytes: [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48] },
];

/** Tells the format of a source from its first bytes. An empty source is text. */
export function detectFormat(head: Uint8Array): SourceFormat {
  const known = MAGIC.find(({ bytes }) => head.length >= bytes.length && bytes.every((byte, index) => head[index] === byte));
  if (known !== undefined) return known.format;
  if (isSkippableFrame(head)) return 'zstd';
  return looksBinary(head) ? 'binary' : 'text';
}

/** pzstd begins with a frame that decoders pass over: sixteen magic numbers (RFC 8878, 3.1.2), which lz4 has too and does not use. */
function isSkippableFrame(head: Uint8Array): boolean {
  return (head[0] ?? 0) >> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
}

/**
 * Text has hardly any control characters but tab, newline, carriage return and escape. NUL is no sign against it: a file
 * that was being written when the machine crashed has blocks of NULs, and UTF-16 has one in every second byte.
 */
function looksBinary(head: Uint8Array): boolean {
  let controls = 0;
  for (const byte of head) {
    if (byte !== 0 && byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b) controls++;
  }
  return controls > head.length / 50;
}
