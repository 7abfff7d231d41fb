import { type Message, type MessageValue, message } from '../../../model/index.js';
import { shownLocation } from '../../secrets/url.js';

/** Why a source could not be read. Each code has its sentence, `read.error.<code>`, in the message catalogues. */
export type ReadErrorCode =
  | 'not-found'
  | 'permission'
  | 'special-file'
  | 'unsupported-format'
  | 'decoder-memory'
  | 'journalctl-missing'
  | 'journalctl-failed'
  | 'journal-permission'
  | 'journal-missing'
  | 'journal-empty'
  | 'kmsg-missing'
  | 'kmsg-permission'
  | 'kmsg-empty'
  | 'io';

/** A source that could not be read at all: which one, why, and what to do next. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly code: ReadErrorCode;
  readonly path: string;
  /** The sentence for the user: what failed and what to do next. */
  readonly problem: Message;

  constructor(
    code: ReadErrorCode,
    path: string,
    params: Readonly<Record<string, MessageValue | string | number>> = {},
    cause?: unknown,
  ) {
    // A URL is no file, but somebody may have meant it for one.
    const shown = shownLocation(path);
    super(`${code}: ${shown}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
    this.problem = message(`read.error.${code}`, { path: shown, ...params });
  }
}

/** The errno name of an error of a system call (`ENOENT`), or undefined for any other value. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns the failure of a system call on `path` into a ReadError; other errors pass through unchanged. */
export function toReadError(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || !(error instanceof Error && 'syscall' in error)) return error;
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return new ReadError('not-found', path, {}, error);
  if (errno === 'EACCES' || errno === 'EPERM') return new ReadError('permission', path, {}, error);
  return new ReadError('io', path, { detail: errno }, error);
}
