import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { errnoOf, ImportError } from '../error.js';
import { headerOf } from './headers.js';

/** No certificate bundle and no header is larger. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * The certificates to trust, in PEM: the well-known ones and those in the directories; undefined where these hold none, and the
 * well-known ones are trusted anyway. Throws an ImportError when one cannot be read.
 */
export function trustedCertificates(directories: readonly (string | undefined)[]): string | undefined {
  const own = directories
    .flatMap((directory) => (directory === undefined ? [] : filesBelow(directory)))
    .map(readMounted)
    .filter((text) => text.includes('-----BEGIN CERTIFICATE-----'));
  return own.length === 0 ? undefined : [...rootCertificates, ...own].join('\n');
}

/** The headers that lie as files in a directory and those below it, one a file. Throws an ImportError for what is none. */
export function secretHeaders(directory: string): Record<string, string> {
  const pairs = filesBelow(directory).map((path) => {
    const header = headerOf(readMounted(path));
    if (header === undefined) throw new ImportError('cdi-header', { path });
    return header;
  });
  return Object.fromEntries(pairs);
}

/**
 * The files of a mounted Secret or ConfigMap. The kubelet keeps them in directories that begin with two dots, and links to them
 * (pkg/volume/util/atomic_writer.go, Kubernetes 1.35).
 */
function filesBelow(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw unreadable(directory, error);
  }
  return names
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => {
      const path = join(directory, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

function readMounted(path: string): string {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new ImportError('cdi-file', { path, reason: 'EFBIG' });
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ImportError {
  if (error instanceof ImportError) return error;
  return new ImportError('cdi-file', { path, reason: errnoOf(error) ?? String(error) }, { cause: error });
}
