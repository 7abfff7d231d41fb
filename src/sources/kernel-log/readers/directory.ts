import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, toReadError } from './read-error.js';

/** What lies in a directory. */
export interface DirectoryListing {
  /** Regular files in the order in which their lines were written, as far as their names tell. */
  readonly files: readonly string[];
  /** Directories and links that could not be followed: ReadErrors. */
  readonly errors: readonly unknown[];
}

/**
 * Lists the regular files under a directory. Links to files are followed (/var/log/containers consists of them), links to
 * directories are not, and a file reached twice is listed once. Devices, pipes and sockets are left out.
 */
export function listDirectory(root: string): DirectoryListing {
  const files: string[] = [];
  const errors: unknown[] = [];
  const seen = new Set<string>();
  const visit = (directory: string): void => {
    for (const entry of readEntries(directory, errors)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() || entry.isSymbolicLink()) addFile(path);
    }
  };
  const addFile = (path: string): void => {
    try {
      const stats = statSync(path);
      const inode = `${stats.dev}:${stats.ino}`;
      if (!stats.isFile() || seen.has(inode)) return;
      seen.add(inode);
      files.push(path);
    } catch (error) {
      // A link to a log that is gone, or a file rotated away meanwhile: nothing is there to be read.
      if (errnoOf(error) !== 'ENOENT') errors.push(toReadError(error, path));
    }
  };
  visit(root);
  return { files, errors };
}

function readEntries(directory: string, errors: unknown[]): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => compareLogNames(a.name, b.name));
  } catch (error) {
    errors.push(toReadError(error, directory));
    return [];
  }
}

/** `syslog`, `syslog.1`, `syslog.2.gz`, `messages-20240131`, `kern.log.1.xz`: the log's name, and which rotation this is. */
const ROTATED = /^(?<log>.*?)(?:[.-](?<date>\d{8}(?:[-T]?\d{2,6})?)|\.(?<age>\d{1,4}))?(?:\.(?:gz|zst|xz|bz2|lz4))?$/;

/**
 * Orders the names of one directory: by log, and within a log the oldest rotation first. logrotate counts upwards with age,
 * or appends a date; the log without either is the newest.
 */
export function compareLogNames(a: string, b: string): number {
  const first = rotation(a);
  const second = rotation(b);
  return (
    compareText(first.log, second.log) || first.order - second.order || compareText(first.date, second.date) || compareText(a, b)
  );
}

/** Dated logs come first, in the order of their dates, then counted ones from the oldest, then the current one. */
function rotation(name: string): { readonly log: string; readonly date: string; readonly order: number } {
  const { log = name, date = '', age } = ROTATED.exec(name)?.groups ?? {};
  if (date !== '') return { log, date, order: Number.MIN_SAFE_INTEGER };
  return { log, date, order: age === undefined ? 0 : -1 - Number(age) };
}

/** `2.log` before `10.log`, and the same order everywhere. */
function compareText(a: string, b: string): number {
  return collator().compare(a, b);
}

let cachedCollator: Intl.Collator | undefined;

function collator(): Intl.Collator {
  cachedCollator ??= new Intl.Collator('en', { numeric: true });
  return cachedCollator;
}
