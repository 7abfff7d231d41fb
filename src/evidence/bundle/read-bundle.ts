import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type Message, MIB, message } from '../../model/index.js';
import { BundleError } from './error.js';
import { sha256 } from './files.js';
import { BUNDLE_VERSION, MANIFEST, type Manifest, type ManifestEntry, parseManifest, versionOf } from './manifest.js';

/** Bounds on a bundle's content, which is held in memory. A bundle of a node with 110 containers is some megabytes. */
export interface BundleBounds {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

const USUAL_BOUNDS: BundleBounds = { maxBytes: 256 * MIB, maxFiles: 200_000 };

/** What a bundle holds. `files` has only what the manifest lists. */
export interface Bundle {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that are damaged, missing although the manifest lists them, or foreign. */
  readonly problems: readonly Message[];
}

/**
 * Reads a bundle into memory; nothing is written to disk. A bundle may come from anyone: sizes are bounded, and only regular
 * files that the manifest lists are taken, under the names it has for them. What a truncated one has is read.
 * Throws a BundleError.
 */
export async function readBundle(path: string, bounds: BundleBounds = USUAL_BOUNDS): Promise<Bundle> {
  const { tar, damage } = await gunzipFile(path, bounds.maxBytes);
  const problems: Message[] = damage === undefined ? [] : [message('read.damaged', { path, detail: damage })];
  const files = new Map<string, Uint8Array>();
  const listed = new Map<string, ManifestEntry>();
  let manifest: Manifest | undefined;
  const archive = extract();
  archive.end(tar);
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      const content = await contentOf(entry);
      if (manifest === undefined) {
        manifest = manifestOf(name, content, path);
        for (const file of manifest.files) listed.set(file.name, file);
        continue;
      }
      const file = listed.get(name);
      if (type !== 'file' || !isPlainName(name) || file === undefined || 'missing' in file || files.has(name)) {
        problems.push(message('bundle.foreign-file', { path, name }));
      } else if (sha256(content) === file.sha256) {
        files.set(name, content);
      } else {
        problems.push(message('bundle.changed-file', { path, name }));
      }
      if (files.size + problems.length > bounds.maxFiles) throw new BundleError('too-large', path);
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    if (damage === undefined) problems.push(message('read.damaged', { path, detail: detailOf(error) }));
  }
  if (manifest === undefined) throw new BundleError('manifest', path);
  const lost = manifest.files.filter((file) => !('missing' in file) && !files.has(file.name));
  if (lost.length > 0) problems.push(message('bundle.lost-files', { path, count: lost.length, example: lost[0]?.name ?? '' }));
  return { manifest, files, problems };
}

function manifestOf(name: string, content: Uint8Array, path: string): Manifest {
  const text = Buffer.from(content).toString('utf8');
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

async function contentOf(entry: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Decompresses a file up to a bound; of a damaged one, what comes before the damage. */
async function gunzipFile(path: string, maxBytes: number): Promise<{ readonly tar: Uint8Array; readonly damage?: string }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const file = createReadStream(path);
  const unzip = createGunzip();
  file.once('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of file.pipe(unzip) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) throw new BundleError('too-large', path);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    if (error instanceof Error && 'syscall' in error) throw new BundleError('read', path, { detail: detailOf(error) });
    return { tar: Buffer.concat(chunks), damage: detailOf(error) };
  } finally {
    file.destroy();
  }
  return { tar: Buffer.concat(chunks) };
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
