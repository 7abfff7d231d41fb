import { createHash } from 'node:crypto';
import { ImportError } from '../../error.js';
import { DIGEST } from './reference.js';

/** What a manifest points to: OCI image-spec 1.1, descriptor.md. */
export interface Descriptor {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Gives the bytes of manifests; of an archive or a registry. */
export type ReadManifest = (version: string) => Promise<Uint8Array>;

export const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
/** What registries take at most for one: distribution and Docker Hub have 4 MiB. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** An index in an index is allowed; a chain of them is not meant. */
const MAX_DEPTH = 3;

export interface ImageLayers {
  /** Of the image's own manifest, not of an index. */
  readonly digest: string;
  /** Lowest first. */
  readonly layers: readonly Descriptor[];
}

/** The layers of the image for an architecture. Each manifest that is asked by digest must have it. Throws an ImportError. */
export async function imageLayers(
  version: string,
  architecture: string,
  read: ReadManifest,
  shown: string,
): Promise<ImageLayers> {
  let asked = version;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const bytes = await read(asked);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (DIGEST.test(asked) && asked !== digest)
      throw new ImportError('digest-mismatch', { source: shown, wanted: asked, found: digest });
    const manifest = parse(bytes, shown);
    if (manifest.manifests === undefined) return { digest, layers: descriptors(manifest.layers, shown) };
    asked = chosen(manifest.manifests, architecture, shown);
  }
  throw new ImportError('bad-answer', { source: shown, what: 'index' });
}

interface Manifest {
  readonly manifests?: unknown;
  readonly layers?: unknown;
}

function parse(bytes: Uint8Array, source: string): Manifest {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new ImportError('bad-answer', { source, what: 'manifest' });
}

interface ManifestEntry {
  readonly digest?: unknown;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

/** The manifest for Linux on an architecture; one without a platform, when it is the only one. */
function chosen(manifests: unknown, architecture: string, source: string): string {
  const listed = Array.isArray(manifests) ? (manifests as (ManifestEntry | null)[]) : [];
  const entries = listed.filter((entry): entry is ManifestEntry => entry !== null);
  const fits = entries.find(({ platform }) => platform?.architecture === architecture && (platform.os ?? 'linux') === 'linux');
  const only = entries.length === 1 && entries[0]?.platform === undefined ? entries[0] : undefined;
  const digest = (fits ?? only)?.digest;
  if (typeof digest === 'string' && DIGEST.test(digest)) return digest;
  const there = entries.flatMap(({ platform }) => (platform?.architecture === undefined ? [] : [platform.architecture]));
  throw new ImportError('no-platform', { source, architecture, there: [...new Set(there)].join(', ') });
}

function descriptors(layers: unknown, source: string): Descriptor[] {
  const entries = Array.isArray(layers) ? (layers as ({ digest?: unknown; size?: unknown } | null)[]) : [];
  const found = entries.map((entry) => {
    const { digest, size } = entry ?? {};
    if (typeof digest !== 'string' || !DIGEST.test(digest) || !Number.isSafeInteger(size)) {
      throw new ImportError('bad-answer', { source, what: 'layers' });
    }
    return { digest, sizeBytes: Number(size) };
  });
  if (found.length === 0) throw new ImportError('bad-answer', { source, what: 'layers' });
  return found;
}
