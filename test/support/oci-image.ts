import { sha256 } from './image-bytes.js';

/** A manifest, config, index or layer, by its content. */
export interface Blob {
  readonly type: string;
  readonly bytes: Buffer;
  readonly digest: string;
}

export const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};
export const DOCKER = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
};
export type MediaTypes = typeof OCI;

export function blob(type: string, content: Buffer | object): Blob {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { type, bytes, digest: `sha256:${sha256(bytes)}` };
}

/** The manifest of an image with these layers, lowest first, and everything it points to. */
export function image(
  layers: readonly Blob[],
  types: MediaTypes = OCI,
): { readonly manifest: Blob; readonly blobs: readonly Blob[] } {
  const config = blob('application/vnd.oci.image.config.v1+json', { os: 'linux', rootfs: { type: 'layers' } });
  const describe = ({ type, bytes, digest }: Blob) => ({ mediaType: type, digest, size: bytes.length });
  const manifest = blob(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describe(config),
    layers: layers.map(describe),
  });
  return { manifest, blobs: [config, ...layers] };
}

/** An index of manifests, each for an architecture of Linux or as it says. */
export function imageIndex(
  manifests: readonly { readonly manifest: Blob; readonly platform?: object }[],
  types: MediaTypes = OCI,
): Blob {
  return blob(types.index, {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: manifests.map(({ manifest: { type, bytes, digest }, platform }) => ({
      mediaType: type,
      digest,
      size: bytes.length,
      ...(platform === undefined ? {} : { platform }),
    })),
  });
}
