import { createHash } from 'node:crypto';
import type { ManifestEntry } from './manifest.js';

/** One file of a bundle in the making, or why it is missing. */
export type BundleFile =
  | { readonly name: string; readonly source: string; readonly content: Uint8Array }
  | { readonly name: string; readonly source: string; readonly missing: string };

export function textFile(name: string, source: string, text: string): BundleFile {
  return { name, source, content: Buffer.from(text, 'utf8') };
}

export function manifestEntry(file: BundleFile): ManifestEntry {
  const { name, source } = file;
  return 'missing' in file
    ? { name, source, missing: file.missing }
    : { name, source, bytes: file.content.length, sha256: sha256(file.content) };
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
