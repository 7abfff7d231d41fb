import { shownUrl } from '../../../sources/secrets/url.js';
import { ImportError } from '../../error.js';

/** An image's name: HOST/REPOSITORY:TAG or …@DIGEST. */
export interface Reference {
  readonly host: string;
  readonly repository: string;
  /** What a manifest is asked by: a digest where there is one. */
  readonly version: string;
}

/** distribution/reference, grammar of 3.0: a repository is of lower-case names. */
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*$/;
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d+)?$/i;
const TAG = /^\w[\w.-]{0,127}$/;
export const DIGEST = /^sha256:[0-9a-f]{64}$/;
const DOCKER_HUB = 'registry-1.docker.io';

/** Reads the name of an image, as docker does: without a host it is Docker Hub's. Throws an ImportError. */
export function parseReference(text: string): Reference {
  const [named = '', digest] = text.split('@', 2);
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const rest = hasHost ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1);
  const isHub = !hasHost || first === 'docker.io' || first === 'index.docker.io';
  const repository = isHub && !path.includes('/') ? `library/${path}` : path;
  const host = isHub ? DOCKER_HUB : first;
  const isValid =
    REPOSITORY.test(repository) && TAG.test(tag) && HOST.test(host) && (digest === undefined || DIGEST.test(digest));
  if (!isValid || !URL.canParse(`https://${host}`)) throw new ImportError('bad-source', { source: shownUrl(`docker://${text}`) });
  return { host, repository, version: digest ?? tag };
}
