import { fileURLToPath } from 'node:url';
import { shownUrl } from '../../sources/secrets/url.js';
import { ImportError } from '../error.js';

/** What a user's SOURCE names. */
export type Location =
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'registry'; readonly reference: string }
  | { readonly kind: 'oci-archive'; readonly path: string; readonly reference?: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'blank' };

/** A bucket by S3's naming rules, older upper-case ones included: no other character gets into a host or a message. */
const S3_OBJECT = /^([a-z0-9][a-z0-9._-]{1,254})\/(.+)$/is;

/** Reads a SOURCE. Throws an ImportError for a scheme that is not known: it may be a file's name, but more likely a slip. */
export function parseLocation(text: string): Location {
  if (text === '-') return { kind: 'stdin' };
  if (text === 'blank') return { kind: 'blank' };
  if (text.startsWith('oci-archive:')) return ociArchive(text.slice('oci-archive:'.length));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'file', path: text };
  const rest = text.slice(scheme.length + '://'.length);
  if (scheme === 'docker') return { kind: 'registry', reference: rest };
  if (scheme === 'file') {
    const path = URL.canParse(text) ? localPath(new URL(text)) : undefined;
    if (path !== undefined) return { kind: 'file', path };
  } else if (scheme === 's3') {
    const [, bucket = '', key = ''] = S3_OBJECT.exec(rest) ?? [];
    if (key !== '') return { kind: 's3', bucket, key };
  } else if ((scheme === 'http' || scheme === 'https') && URL.canParse(text)) {
    return { kind: 'http', url: new URL(text) };
  }
  throw new ImportError('bad-source', { source: shownUrl(text) });
}

/** `path[:reference]`, as skopeo writes it. */
function ociArchive(text: string): Location {
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'oci-archive', path: text };
  return { kind: 'oci-archive', path: text.slice(0, colon), reference: text.slice(colon + 1) };
}

/** The path of a file: URL; undefined when it is no local file's. */
function localPath(url: URL): string | undefined {
  try {
    return url.host === '' ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}
