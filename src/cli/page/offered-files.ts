import { type Stats, statSync } from 'node:fs';
import { type Message, message } from '../../model/index.js';
import type { SourceFormat } from '../../sources/kernel-log/format.js';
import { listDirectory } from '../../sources/kernel-log/readers/directory.js';
import { ReadError, toReadError } from '../../sources/kernel-log/readers/read-error.js';
import { formatOfFile, READ_WITH } from '../../sources/kernel-log/readers/source.js';

/** A file for the page to read. */
export interface OfferedFile {
  /** As it was named, which citations repeat. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** What of the files named on the command line a page can read, and what is wrong with the others. */
export interface Offer {
  readonly files: readonly OfferedFile[];
  readonly problems: readonly Message[];
}

/** Compressed forms that oomkit reads and browsers do not. */
const NOT_IN_BROWSERS: ReadonlySet<SourceFormat> = new Set(['zstd', 'xz']);

/** Looks at the files, and at those in directories, in the order in which they are to be read. */
export function offerFiles(paths: readonly string[]): Offer {
  const files: OfferedFile[] = [];
  const problems: Message[] = [];
  const offer = (path: string, isNamed: boolean): void => {
    const found = attempt(path, () => statSync(path));
    if (found === undefined) return;
    if (found.isDirectory()) {
      const listing = listDirectory(path);
      for (const error of listing.errors) problems.push(problemOf(error, path));
      for (const file of listing.files) offer(file, false);
      return;
    }
    const format = found.isFile() ? attempt(path, () => formatOfFile(path)) : undefined;
    const command = format === undefined ? undefined : READ_WITH[format];
    if (!found.isFile()) problems.push(new ReadError('special-file', path).problem);
    else if (format !== undefined && NOT_IN_BROWSERS.has(format))
      problems.push(message('page-command.unreadable', { path, format }));
    else if (format !== undefined && command !== undefined)
      problems.push(new ReadError('unsupported-format', path, { format, command }).problem);
    // A bundle's or profile's binary content is told by the page; in a directory of logs it is what a log is not.
    else if (format !== undefined && (isNamed || format !== 'binary')) files.push({ path, sizeBytes: found.size });
  };
  const attempt = <T extends Stats | string>(path: string, look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      problems.push(problemOf(error, path));
      return undefined;
    }
  };
  for (const path of paths) offer(path, true);
  return { files, problems };
}

/** Throws what is not about reading. */
function problemOf(error: unknown, path: string): Message {
  const readError = toReadError(error, path);
  if (!(readError instanceof ReadError)) throw readError;
  return readError.problem;
}
