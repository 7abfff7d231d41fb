/** A header and the blocks after it (POSIX.1-2017, pax, ustar interchange format). */
const BLOCK_BYTES = 512;
const NAME = [0, 100] as const;
const SIZE = [124, 136] as const;
const CHECKSUM = [148, 156] as const;
const TYPE_AT = 156;
const MAGIC = [257, 262] as const;
const PREFIX = [345, 500] as const;

/** One entry of an archive. */
export interface TarEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly content: Uint8Array;
}

/** An archive that ends too early or is damaged. */
export class TarError extends Error {
  override readonly name = 'TarError';
}

/**
 * The entries of a ustar archive with pax headers, in its order, one after the other so that what comes before damage is had.
 * Pure, so that a browser reads bundles as well. Throws a TarError at the damage.
 */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK_BYTES <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK_BYTES);
    at += BLOCK_BYTES;
    if (header.every((byte) => byte === 0)) return;
    if (!isSound(header)) throw new TarError('invalid tar header');
    const size = octal(header, SIZE);
    const content = archive.subarray(at, at + size);
    if (content.length < size) throw new TarError('unexpected end of data');
    at += Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    const type = String.fromCharCode(header[TYPE_AT] ?? 0);
    if (type === 'x') {
      longName = paxPath(content);
      continue;
    }
    if (type === 'g') continue;
    yield { name: longName ?? nameOf(header), isFile: type === '0' || type === '\0', content };
    longName = undefined;
  }
  throw new TarError('unexpected end of data');
}

/** The sum of all bytes, with the checksum's own taken as blanks. */
function isSound(header: Uint8Array): boolean {
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at += 1) sum += at >= CHECKSUM[0] && at < CHECKSUM[1] ? 0x20 : (header[at] ?? 0);
  return sum === octal(header, CHECKSUM) && text(header, MAGIC) === 'ustar';
}

function nameOf(header: Uint8Array): string {
  const prefix = text(header, PREFIX);
  return prefix === '' ? text(header, NAME) : `${prefix}/${text(header, NAME)}`;
}

function octal(header: Uint8Array, field: readonly [number, number]): number {
  const digits = text(header, field).trim();
  if (!/^[0-7]{1,12}$/.test(digits)) throw new TarError('invalid tar header');
  return Number.parseInt(digits, 8);
}

/** A field up to its first NUL. */
function text(header: Uint8Array, [from, to]: readonly [number, number]): string {
  const field = header.subarray(from, to);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** The path of a pax extended header, whose records are `LENGTH KEY=VALUE\n`. */
function paxPath(content: Uint8Array): string | undefined {
  const records = new TextDecoder().decode(content);
  return /(?:^|\n)\d{1,8} path=([^\n]{0,4096})\n/.exec(records)?.[1];
}
