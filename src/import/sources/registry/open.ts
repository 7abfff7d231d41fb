import { ImportError } from '../../error.js';
import { defaultBounds } from '../../streams/bounds.js';
import { fileSource } from '../file.js';
import { type HttpClient, type HttpOptions, httpClient } from '../http/client.js';
import { checked, httpSource } from '../http/http.js';
import type { Location } from '../location.js';
import type { OpenOptions } from '../open-options.js';
import { readWithRetries, withRetries } from '../retry.js';
import { type ByteSource, orClose } from '../source.js';
import { archiveIndex, blobInArchive, versionInIndex } from './archive.js';
import { authorisingClient, bodyOf, type Login, loginIn } from './auth.js';
import { containerDisk } from './container-disk.js';
import { imageLayers, MANIFEST_TYPES, MAX_MANIFEST_BYTES } from './manifest.js';
import { parseReference } from './reference.js';

type ImageLocation = Extract<Location, { readonly kind: 'registry' | 'oci-archive' }>;

/** The disk of a container image, from a registry or an archive. Throws an ImportError. */
export function openImage(location: ImageLocation, options: OpenOptions): Promise<ByteSource> {
  return location.kind === 'registry' ? fromRegistry(location.reference, options) : fromArchive(location, options);
}

async function fromRegistry(text: string, options: OpenOptions): Promise<ByteSource> {
  const { retry, signal, architecture, registryAuth, plainHttp } = options;
  const { basic, token, ...http } = options.http;
  const { host, repository, version } = parseReference(text);
  const shown = `docker://${text}`;
  const login = basic ?? (registryAuth === undefined ? undefined : loginIn(registryAuth, host));
  // A token that is given is the registry's own, not to be exchanged for another.
  const client = token === undefined ? await loggingIn(http, login) : await httpClient({ ...http, token });
  const base = `${plainHttp || isLoopback(host) ? 'http' : 'https'}://${host}/v2/${repository}`;
  const readManifest = (asked: string): Promise<Uint8Array> =>
    withRetries(
      async () => {
        const answer = await client.get(new URL(`${base}/manifests/${asked}`), { accept: MANIFEST_TYPES.join(', ') }, signal);
        return bodyOf(checked(answer, shown), MAX_MANIFEST_BYTES, shown);
      },
      retry,
      signal,
    );
  const image = await orClose(client, () => imageLayers(version, architecture, readManifest, shown));
  const disk = containerDisk(
    shown,
    image,
    async function* ({ digest }, aborted) {
      const blob = await httpSource(client, new URL(`${base}/blobs/${digest}`), { retry, signal: aborted, shown, digest });
      yield* readWithRetries(blob, 0, retry, aborted);
    },
    defaultBounds,
  );
  return { ...disk, close: () => client.close() };
}

async function fromArchive(
  { path, reference }: Extract<ImageLocation, { kind: 'oci-archive' }>,
  options: OpenOptions,
): Promise<ByteSource> {
  const archive = fileSource(path);
  const shown = `oci-archive:${path}`;
  const files = await archiveIndex(archive, options.signal);
  const version = versionInIndex(files.get('index.json'), reference, shown);
  const readManifest = async (digest: string): Promise<Uint8Array> => {
    const bytes = files.get(`blobs/${digest.replace(':', '/')}`);
    if (bytes === undefined) throw new ImportError('bad-answer', { source: shown, what: digest });
    return bytes;
  };
  const image = await imageLayers(version, options.architecture, readManifest, shown);
  const disk = containerDisk(shown, image, ({ digest }, aborted) => blobInArchive(archive, digest, aborted), defaultBounds);
  return { ...disk, close: () => archive.close() };
}

async function loggingIn(http: HttpOptions, login: Login | undefined): Promise<HttpClient> {
  const { headers: _, ...others } = http;
  return authorisingClient(await httpClient(http), await httpClient(others), login);
}

/** docker takes registries on the machine itself without TLS. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host);
}
