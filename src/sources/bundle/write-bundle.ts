import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { BundleError } from './error.js';
import { type BundleFile, manifestEntry, sha256 } from './files.js';
import { MANIFEST, type Manifest } from './manifest.js';
import type { Bundle } from './open-bundle.js';

/** Only its owner may read a bundle. */
const OWNER_ONLY = 0o600;
const NO_BYTES = new Uint8Array();

/** A bundle's bytes: a gzip compressed tar archive whose first file is the manifest. */
export async function packBundle(header: Omit<Manifest, 'files'>, files: readonly BundleFile[]): Promise<Uint8Array> {
  const manifest: Manifest = { ...header, files: files.map(manifestEntry) };
  const archive = pack();
  const mtime = new Date(manifest.created);
  const add = (name: string, content: Uint8Array): void => {
    archive.entry({ name, mode: OWNER_ONLY, mtime, uid: 0, gid: 0 }, Buffer.from(content));
  };
  add(MANIFEST, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
  for (const file of files) if ('content' in file) add(file.name, file.content);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** A bundle that was read, as bytes to pass on: the file's own where it holds what was read, or else packed anew from that. */
export async function bundleBytes(path: string, { manifest, files }: Bundle): Promise<Uint8Array> {
  const { files: entries, ...header } = manifest;
  const isWhole = entries.every((entry) => 'missing' in entry || sha256(files.get(entry.name) ?? NO_BYTES) === entry.sha256);
  if (isWhole) return readFileSync(path);
  const packed = entries.map(({ name, source, ...entry }): BundleFile => {
    const content = files.get(name);
    return content === undefined
      ? { name, source, missing: 'missing' in entry ? entry.missing : 'damaged' }
      : { name, source, content };
  });
  return packBundle(header, packed);
}

/** Whether a bundle may be written there. Throws a BundleError when it would replace a file and may not. */
export function assertWritable(path: string, replaces: boolean): void {
  if (!replaces && existsSync(path)) throw new BundleError('exists', path);
}

/**
 * Writes a file at once: it is whole or not there, and only its owner may read it. Throws a BundleError, and the abort reason
 * when `signal` is aborted before the file is in place.
 */
export function writeAtomically(path: string, content: Uint8Array, replaces: boolean, signal: AbortSignal): void {
  const draft = `${path}.${process.pid}.part`;
  try {
    writeFileSync(draft, content, { mode: OWNER_ONLY, flag: 'wx' });
    signal.throwIfAborted();
    // A link, unlike a rename, does not replace what came to be there meanwhile.
    if (replaces) renameSync(draft, path);
    else linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string') || error.name === 'AbortError')
      throw error;
    if (error.code === 'EEXIST') throw new BundleError('exists', path);
    throw new BundleError('write', path, { detail: error.code });
  } finally {
    rmSync(draft, { force: true });
  }
}
