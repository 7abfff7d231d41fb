import type { Header } from 'tar-stream';
import { ImportError } from '../error.js';
import { roundUp } from '../target/aligned.js';
import { pump } from './through.js';

/** Something in an archive. */
export interface Member {
  readonly name: string;
  readonly sizeBytes: number;
  /** sparse: GNU tar left the holes of the file out of its bytes, and wrote down where they were. other: no file. */
  readonly kind: 'file' | 'sparse' | 'other';
  /** Where its bytes begin, counted from where the reading began. */
  readonly offsetBytes: number;
  /** Its bytes; what is not read of them is skipped. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** An entry as it is written down. */
export interface Entry extends Omit<Member, 'kind'> {
  /** tar-stream's, and sparse. */
  readonly kind: string;
  /** The permissions. */
  readonly mode: number;
}

/** tar-stream 3 tells it, and its types do not. */
interface PlacedHeader {
  readonly byteOffset: number;
}

/** What is in a tar archive, in order. Throws an ImportError when it is damaged, and what its source fails with. */
export async function* tarMembers(chunks: AsyncIterable<Uint8Array>, shown: string): AsyncGenerator<Member> {
  for await (const { kind, name, mode: _, ...entry } of tarEntries(chunks, shown)) {
    // A directory ends in a slash.
    const plainName = name.replace(/^(?:\.\/)+/, '').replace(/\/$/, '');
    yield { ...entry, name: plainName, kind: kind === 'file' || kind === 'sparse' ? kind : 'other' };
  }
}

/** All entries likewise, with their names as they are. */
export async function* tarEntries(chunks: AsyncIterable<Uint8Array>, shown: string): AsyncGenerator<Entry> {
  const { extractTar } = await import('../clients.js');
  const extract = extractTar();
  let failure: { readonly error: unknown } | undefined;
  const pumping = pump(chunks, extract).catch((error: unknown) => {
    failure = { error };
    // Without an error the iteration below would wait for ever when it is between two members.
    extract.destroy(new Error('the source failed'));
  });
  /** The archive's streams only tell that they were destroyed. */
  const explained = (error: unknown): unknown => {
    if (failure !== undefined) return failure.error;
    if (error instanceof ImportError) return error;
    return new ImportError('damaged', { source: shown, format: 'tar', detail: error instanceof Error ? error.message : '' });
  };
  try {
    for await (const entry of extract) {
      const { name, size, mode, byteOffset } = entry.header as Header & PlacedHeader;
      const content = failingAs(entry as AsyncIterable<Uint8Array>, explained);
      yield { kind: kindOf(entry.header), name, sizeBytes: size, offsetBytes: byteOffset, mode: mode ?? 0, chunks: content };
      entry.resume();
    }
  } catch (error) {
    throw explained(error);
  } finally {
    extract.destroy();
    await pumping;
  }
  if (failure !== undefined) throw failure.error;
}

/** GNU tar marks a sparse file by a type of its own, which tar-stream has no name for, or by pax records of a regular one. */
function kindOf({ type, pax }: Header): string {
  if (type === undefined || type === null || Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'))) return 'sparse';
  return type === 'contiguous-file' ? 'file' : type;
}

/** Ends without closing what it reads: a member that is closed early takes the whole archive with it. */
async function* failingAs(chunks: AsyncIterable<Uint8Array>, explained: (error: unknown) => unknown): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } catch (error) {
    throw explained(error);
  }
}

/** What lies beside the disk in an OVA (DMTF DSP0243) and in archives made by hand. */
const NOT_A_DISK = /(?:\.(?:ovf|mf|cert|xml|nvram|txt|md|json|asc|sig|md5|sha1|sha256|sha512)|^|\/)$|(?:^|\/)\.[^/]*$/i;

/**
 * The bytes of the one disk in an archive: the member of a name, or the only one that is no description. Another one after it
 * makes it doubtful which was meant, and is an ImportError.
 */
export async function* diskInTar(
  chunks: AsyncIterable<Uint8Array>,
  shown: string,
  name: string | undefined,
): AsyncGenerator<Uint8Array> {
  const choice = new Choice(shown, name);
  for await (const member of tarMembers(chunks, shown)) {
    if (!choice.isDisk(member)) continue;
    yield* member.chunks;
    // A name that was given is clear.
    if (name !== undefined) return;
  }
  choice.confirm();
}

/** An archive that can be read anywhere. */
interface SeekableArchive {
  readonly sizeBytes: number;
  readAt(offsetBytes: number, lengthBytes: number): Promise<Uint8Array>;
}

/** Where a file lies in an archive. */
export interface MemberRange {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Where the same disk lies in an archive that can be read anywhere: only what is around the large members is read. */
export async function diskRange(archive: SeekableArchive, shown: string, name: string | undefined): Promise<MemberRange> {
  const choice = new Choice(shown, name);
  let range: MemberRange | undefined;
  for await (const { member, offsetBytes } of membersApart(archive, shown)) {
    if (!choice.isDisk(member)) continue;
    if (offsetBytes + member.sizeBytes > archive.sizeBytes) {
      throw new ImportError('damaged', { source: shown, format: 'tar', detail: `${member.name}: ${member.sizeBytes} B` });
    }
    range = { offsetBytes, sizeBytes: member.sizeBytes };
    if (name !== undefined) break;
  }
  if (range === undefined) throw choice.nothing();
  return range;
}

async function* membersApart(archive: SeekableArchive, shown: string) {
  for (let from: number | undefined = 0; from !== undefined; ) {
    const start: number = from;
    from = undefined;
    for await (const member of tarMembers(readFrom(archive, start), shown)) {
      const offsetBytes = start + member.offsetBytes;
      yield { member, offsetBytes };
      if (member.sizeBytes < WORTH_SKIPPING_BYTES) continue;
      from = offsetBytes + roundUp(member.sizeBytes, TAR_BLOCK_BYTES);
      break;
    }
  }
}

async function* readFrom(archive: SeekableArchive, offsetBytes: number): AsyncGenerator<Uint8Array> {
  const { sizeBytes } = archive;
  for (let at = offsetBytes; at < sizeBytes; at += READ_BYTES) yield archive.readAt(at, Math.min(READ_BYTES, sizeBytes - at));
}

/** POSIX.1-2017, pax: an archive is made of blocks of 512 bytes. */
const TAR_BLOCK_BYTES = 512;
const READ_BYTES = 64 * 1024;
const WORTH_SKIPPING_BYTES = 1024 * 1024;

/** Which member is the disk. */
class Choice {
  readonly #shown: string;
  readonly #name: string | undefined;
  #found: string | undefined;

  constructor(shown: string, name: string | undefined) {
    this.#shown = shown;
    this.#name = name;
  }

  isDisk({ name, sizeBytes, kind }: Member): boolean {
    if (kind === 'other' || sizeBytes === 0 || (this.#name === undefined ? NOT_A_DISK.test(name) : name !== this.#name))
      return false;
    if (this.#found !== undefined) {
      throw new ImportError('several-members', { source: this.#shown, first: this.#found, second: name });
    }
    this.#found = name;
    if (kind === 'sparse') throw new ImportError('format-unsupported', { source: this.#shown, format: 'sparse tar' });
    return true;
  }

  /** Throws when there was none. */
  confirm(): void {
    if (this.#found === undefined) throw this.nothing();
  }

  nothing(): ImportError {
    return new ImportError('no-member', { source: this.#shown, name: this.#name ?? '*' });
  }
}
