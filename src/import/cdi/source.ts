import { ImportError } from '../error.js';
import { openSource } from '../sources/open.js';
import type { OpenOptions } from '../sources/open-options.js';
import { registryArchitecture } from '../sources/registry/architecture.js';
import type { RetryPolicy } from '../sources/retry.js';
import type { S3Options } from '../sources/s3.js';
import type { ByteSource } from '../sources/source.js';
import type { CdiRequest } from './environment.js';
import { secretHeaders, trustedCertificates } from './mounted-files.js';
import type { CdiPaths } from './paths.js';

/** Where the source of a request is, as openSource() takes it. */
export interface CdiLocation {
  readonly location: string;
  readonly s3: S3Options;
}

const GOOGLE = 'https://storage.googleapis.com';

/**
 * What a request's endpoint stands for, by its source: an endpoint must not name a file of this container. Source:
 * pkg/importer/{http,s3,gcs,registry}-datasource.go of containerized-data-importer 1.66. Throws an ImportError.
 */
export function cdiLocation({ source, endpoint, login }: CdiRequest): CdiLocation {
  const s3: S3Options = { region: 'us-east-1' };
  if (source === 'registry') {
    if (/^(?:docker:\/\/|oci-archive:)./.test(endpoint)) return { location: endpoint, s3 };
    throw badEndpoint();
  }
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (source === 'gcs' && url?.protocol === 'gs:') return { location: `${GOOGLE}/${url.host}${url.pathname}`, s3 };
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw badEndpoint();
  // What browsers are shown after a login; the objects of it are at the other name.
  if (source === 'gcs') return { location: endpoint.replace('https://storage.cloud.google.com/', `${GOOGLE}/`), s3 };
  if (source === 'http') return { location: endpoint, s3 };
  const [, bucket, key] = /^\/([^/]+)\/(.+)$/.exec(decoded(url.pathname)) ?? [];
  if (bucket === undefined || key === undefined) throw badEndpoint();
  const credentials = login === undefined ? {} : { credentials: { accessKeyId: login.user, secretAccessKey: login.password } };
  return { location: `s3://${bucket}/${key}`, s3: { region: regionOf(url.hostname), endpoint: url.origin, ...credentials } };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badEndpoint();
  }
}

function badEndpoint(): ImportError {
  // It may hold a password.
  return new ImportError('cdi-environment', { name: 'IMPORTER_ENDPOINT', value: '…' });
}

/** As CDI reads it from the name of the server. */
function regionOf(host: string): string {
  return /^s3[.-](.+)\.amazonaws\.com$/.exec(host)?.[1] ?? host.split('.', 1)[0] ?? host;
}

/** Opens the source of a request. Throws an ImportError. */
export async function openCdiSource(
  request: CdiRequest,
  paths: CdiPaths,
  { location, s3 }: CdiLocation,
  retry: RetryPolicy,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<ByteSource> {
  const { login, insecureTls, headers, checksum, architecture, source } = request;
  const ca = trustedCertificates([paths.proxyCertificates, request.certificates]);
  const options: OpenOptions = {
    http: {
      env,
      insecure: insecureTls,
      headers: source === 'http' ? { ...headers, ...secretHeaders(paths.secretHeaders) } : {},
      ...(login === undefined || source === 's3' || source === 'gcs' ? {} : { basic: login }),
      ...(ca === undefined ? {} : { ca }),
    },
    s3,
    architecture: architecture ?? registryArchitecture(),
    plainHttp: false,
    retry,
    signal,
    isCheckedLater: checksum !== undefined,
  };
  try {
    return await openSource(location, options);
  } catch (error) {
    if (source !== 'registry' || !insecureTls || !(error instanceof ImportError) || !MAY_BE_PLAIN.has(error.code)) throw error;
    return openSource(location, { ...options, plainHttp: true });
  }
}

/** How a registry that does not speak TLS answers a client that does. A registry CDI calls insecure may be one. */
const MAY_BE_PLAIN: ReadonlySet<string> = new Set(['source-certificate', 'source-unreachable', 'source-cut']);
