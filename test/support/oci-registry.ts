import { type Answer, FaultServer, fileAnswer, type SeenRequest } from './fault-server.js';
import type { Blob } from './oci-image.js';

/** How a registry lets its users in. */
export type RegistryAuth =
  | { readonly kind: 'basic'; readonly login: string }
  /** By tokens of a service of its own; without a login anybody gets one. */
  | { readonly kind: 'token'; readonly login?: string; readonly uses?: number };

export interface RegistryContents {
  /** By tag; all are there by digest too. */
  readonly tags: Readonly<Record<string, Blob>>;
  readonly blobs: readonly Blob[];
  readonly auth?: RegistryAuth;
  /** Blobs are on another server, as most registries have them in an object store. */
  readonly blobHost?: FaultServer;
  /** Answers instead, where it gives something. */
  readonly special?: (request: SeenRequest) => Answer | undefined;
}

/** A registry by the OCI distribution specification 1.1, as much of one as oomkit asks, with one repository `lab/disk`. */
export class OciRegistry {
  readonly server: FaultServer;
  readonly tokenServer: FaultServer | undefined;

  private constructor(server: FaultServer, tokenServer: FaultServer | undefined) {
    this.server = server;
    this.tokenServer = tokenServer;
  }

  static async start({ tags, blobs, auth, blobHost, special = () => undefined }: RegistryContents): Promise<OciRegistry> {
    const tokens = new Map<string, number>();
    const tokenServer =
      auth?.kind === 'token' ? await FaultServer.start((request) => giveToken(request, auth, tokens)) : undefined;
    const contents = new Map<string, Blob>();
    for (const each of [...Object.values(tags), ...blobs]) contents.set(each.digest, each);
    const server = await FaultServer.start((request) => {
      const answer = special(request);
      if (answer !== undefined) return answer;
      if (auth !== undefined && !isLetIn(request, auth, tokens)) return challenge(auth, tokenServer?.url);
      const [, kind, version = ''] = /^\/v2\/lab\/disk\/(manifests|blobs)\/(.+)$/.exec(request.target) ?? [];
      const found = (kind === 'manifests' ? tags[version] : undefined) ?? contents.get(version);
      if (found === undefined) return { status: 404, body: Buffer.from('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}') };
      if (kind === 'manifests') return manifestAnswer(found, request);
      if (blobHost !== undefined)
        return { status: 307, headers: { location: `${blobHost.url}/${version}?X-Amz-Signature=signed` } };
      return fileAnswer(found.bytes, request, {});
    });
    return new OciRegistry(server, tokenServer);
  }

  /** `docker://host/lab/disk`, to which a tag or digest is added. */
  get image(): string {
    return `docker://${new URL(this.server.url).host}/lab/disk`;
  }
}

/** A registry answers with a manifest of a type that was asked for, or not at all. */
function manifestAnswer({ type, bytes, digest }: Blob, { headers }: SeenRequest): Answer {
  const isWanted = (headers.accept ?? '').split(/, */).includes(type);
  return isWanted ? { headers: { 'content-type': type, 'docker-content-digest': digest }, body: bytes } : { status: 404 };
}

function isLetIn({ headers: { authorization } }: SeenRequest, auth: RegistryAuth, tokens: Map<string, number>): boolean {
  if (auth.kind === 'basic') return authorization === basic(auth.login);
  const token = authorization?.replace(/^Bearer /, '') ?? '';
  const left = tokens.get(token) ?? 0;
  if (left > 0) tokens.set(token, left - 1);
  return left > 0;
}

function challenge(auth: RegistryAuth, tokenUrl: string | undefined): Answer {
  const value =
    auth.kind === 'basic'
      ? 'Basic realm="lab"'
      : `Bearer realm="${tokenUrl}/token",service="lab registry",scope="repository:lab/disk:pull"`;
  return { status: 401, headers: { 'www-authenticate': value } };
}

function giveToken(
  request: SeenRequest,
  { login, uses = 1000 }: Extract<RegistryAuth, { kind: 'token' }>,
  tokens: Map<string, number>,
): Answer {
  const { searchParams } = new URL(request.target, 'http://x');
  const isAsked = searchParams.get('service') === 'lab registry' && searchParams.get('scope') === 'repository:lab/disk:pull';
  if (!isAsked || (login !== undefined && request.headers.authorization !== basic(login))) return { status: 401 };
  const token = `token-${tokens.size + 1}`;
  tokens.set(token, uses);
  return { body: Buffer.from(JSON.stringify({ token, expires_in: 60 })) };
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}
