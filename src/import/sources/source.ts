/** What tells one state of a source from another. */
export interface SourceIdentity {
  readonly sizeBytes?: number;
  /** A strong entity tag: RFC 9110, 8.8.1. A weak one does not promise the same bytes and is left out. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** `sha256:…`, where the source is named by its content. */
  readonly digest?: string;
  /** Of a local file: device, inode and time of modification. */
  readonly file?: string;
}

/** Bytes to import, from wherever they come. */
export interface ByteSource {
  /** Its name as it may be shown: without user, password and query. */
  readonly shown: string;
  readonly sizeBytes?: number;
  /** Whether `read` can begin anywhere without reading what comes before. */
  readonly canRange: boolean;
  readonly identity: SourceIdentity;
  /**
   * The bytes from an offset to the end. A chunk is valid until the next one is asked for. Throws an ImportError; one that is
   * `retryable` may be followed by another `read` from where this one came to, for a source that can be read again.
   */
  read(offsetBytes: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * A part of it, whole. Absent when the source can only be read from the start to the end. `into` is memory of at least that length
   * to read into; page-aligned, and of whole pages from an offset that is a multiple of a page, it saves copies.
   */
  readAt?(offsetBytes: number, lengthBytes: number, signal: AbortSignal, into?: Uint8Array): Promise<Uint8Array>;
  /** Throws an ImportError when it has changed since it was opened. Absent where every read finds that out. */
  confirm?(): void;
  /** How often `readAt` had to try again so far. */
  readonly retries?: number;
  close(): Promise<void>;
}

/** What an action brings. When it fails, what it was to read with is closed: there is nobody else to do it. */
export async function orClose<T>(owned: { close(): Promise<void> }, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    await owned.close();
    throw error;
  }
}

/** Whether an identity says enough to know the same bytes again. */
export function isTelling({ etag, lastModified, digest, file, sizeBytes }: SourceIdentity): boolean {
  if (etag !== undefined || digest !== undefined || file !== undefined) return true;
  return lastModified !== undefined && sizeBytes !== undefined;
}

/** Whether two identities are of the same bytes: all that both tell agrees, and it is telling. */
export function isSame(one: SourceIdentity, other: SourceIdentity): boolean {
  if (!isTelling(one) || !isTelling(other)) return false;
  const keys = ['sizeBytes', 'etag', 'lastModified', 'digest', 'file'] as const;
  const shared = keys.filter((key) => one[key] !== undefined && other[key] !== undefined);
  return shared.some((key) => key !== 'sizeBytes') && shared.every((key) => one[key] === other[key]);
}
