import { type Message, MIB, message } from '../../model/index.js';
import { BundleError } from './error.js';
import {
  BUNDLE_VERSION,
  KERNEL_LOG,
  MANIFEST,
  type Manifest,
  type ManifestEntry,
  NO_REPORT,
  parseManifest,
  versionOf,
} from './manifest.js';
import { TarError, tarEntries } from './tar.js';

/** Bounds on a bundle's content, which is held in memory. A bundle of a node with 110 containers is some megabytes. */
export interface BundleBounds {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export const USUAL_BOUNDS: BundleBounds = { maxBytes: 256 * MIB, maxFiles: 200_000 };

/** What a bundle holds. `files` has only what the manifest lists. */
export interface Bundle {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that are damaged, missing although the manifest lists them, or foreign. */
  readonly problems: readonly Message[];
}

/** A bundle's archive, decompressed. `damage`: why it could not be decompressed to its end. */
export interface BundleArchive {
  readonly tar: Uint8Array;
  readonly damage?: string;
}

/**
 * Opens a decompressed bundle. A bundle may come from anyone: only regular files that the manifest lists are taken, under the
 * names it has for them. What a truncated one has is read. `path` names the bundle in problems. Throws a BundleError.
 */
export async function openBundle(
  { tar, damage }: BundleArchive,
  path: string,
  bounds: BundleBounds = USUAL_BOUNDS,
): Promise<Bundle> {
  const problems: Message[] = damage === undefined ? [] : [message('read.damaged', { path, detail: damage })];
  const files = new Map<string, Uint8Array>();
  const listed = new Map<string, ManifestEntry>();
  let manifest: Manifest | undefined;
  try {
    for (const { name, isFile, content } of tarEntries(tar)) {
      if (manifest === undefined) {
        manifest = manifestOf(name, content, path);
        for (const file of manifest.files) listed.set(file.name, file);
        problems.push(...unseenLog(manifest, path));
        continue;
      }
      const file = listed.get(name);
      if (!isFile || !isPlainName(name) || file === undefined || 'missing' in file || files.has(name)) {
        problems.push(message('bundle.foreign-file', { path, name }));
      } else if ((await digestOf(content)) === file.sha256) {
        files.set(name, content);
      } else {
        problems.push(message('bundle.changed-file', { path, name }));
      }
      if (files.size + problems.length > bounds.maxFiles) throw new BundleError('too-large', path);
    }
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    if (damage === undefined) problems.push(message('read.damaged', { path, detail: error.message }));
  }
  if (manifest === undefined) throw new BundleError('manifest', path);
  const lost = manifest.files.filter((file) => !('missing' in file) && !files.has(file.name));
  if (lost.length > 0) problems.push(message('bundle.lost-files', { path, count: lost.length, example: lost[0]?.name ?? '' }));
  return { manifest, files, problems };
}

/** Where the kernel's log could not be read, no report is no proof that there was no kill. */
function unseenLog({ files }: Manifest, path: string): Message[] {
  const log = files.find(({ name }) => name === KERNEL_LOG);
  if (log === undefined || !('missing' in log) || log.missing.split('; ').every((reason) => reason.endsWith(NO_REPORT)))
    return [];
  return [message('bundle.unseen-log', { path, reason: log.missing })];
}

function manifestOf(name: string, content: Uint8Array, path: string): Manifest {
  const text = new TextDecoder().decode(content);
  const version = name === MANIFEST ? versionOf(text) : undefined;
  if (version === undefined) throw new BundleError('manifest', path);
  if (version !== BUNDLE_VERSION) throw new BundleError('version', path, { version });
  const manifest = parseManifest(text);
  if (manifest === undefined) throw new BundleError('manifest', path);
  return manifest;
}

/** A name that stays below where it is put. Nothing is put anywhere, but names are shown as places. */
function isPlainName(name: string): boolean {
  return name !== '' && !name.startsWith('/') && !name.split('/').some((part) => part === '..' || part === '.' || part === '');
}

/** SHA-256 in hexadecimal digits. */
async function digestOf(content: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(content)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
