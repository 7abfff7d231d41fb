import { parseQuantity } from '../../sources/kubernetes/index.js';
import { type Checksum, parseChecksum } from '../digest.js';
import { ImportError } from '../error.js';
import { headerOf } from './headers.js';

/** The sources of CDI that are imported here; imageio and vddk are not. */
const SOURCES = ['http', 's3', 'gcs', 'registry', 'none'] as const;
export type CdiSource = (typeof SOURCES)[number];

/** What CDI asks its importer for. Sizes are bytes. */
export interface CdiRequest {
  readonly source: CdiSource;
  /** Empty for `none`. It may hold a user and a password, and is not to be shown. */
  readonly endpoint: string;
  readonly contentType: 'kubevirt' | 'archive';
  /** The size of the claim. */
  readonly volumeBytes?: number;
  /** The share of a file system that CDI keeps free. */
  readonly overhead: number;
  readonly preallocation: boolean;
  readonly insecureTls: boolean;
  readonly login?: { readonly user: string; readonly password: string };
  readonly certificates?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  readonly architecture?: string;
  /** The image is served by another container of the pod. */
  readonly isNodePull: boolean;
  /** That container says by it that it serves; what is in it names the image. */
  readonly readyFile?: string;
  /** It ends when this is there. */
  readonly doneFile?: string;
  /** CDI asks for direct I/O after the kernel has killed an importer. */
  readonly wasKilled: boolean;
}

/**
 * Reads the environment that CDI gives its importer. Sources: makeImportEnv() in pkg/controller/import-controller.go and
 * cmd/cdi-importer/importer.go of containerized-data-importer 1.66. Throws an ImportError for what cannot be done, which an
 * importer has to refuse, not to ignore.
 */
export function readCdiEnvironment(env: Readonly<Record<string, string | undefined>>): CdiRequest {
  const get = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const source = sourceOf(get('IMPORTER_SOURCE') ?? '');
  const contentType = contentTypeOf(get('IMPORTER_CONTENTTYPE') ?? 'kubevirt', source);
  if (get('IMPORTER_CURRENT_CHECKPOINT') !== undefined) throw unsupported('multi-stage (warm) import');
  if (source === 'gcs' && get('GOOGLE_APPLICATION_CREDENTIALS') !== undefined) throw unsupported('gcs with credentials');
  const endpoint = get('IMPORTER_ENDPOINT');
  if (endpoint === undefined && source !== 'none') throw invalid('IMPORTER_ENDPOINT', '');
  const [user, password] = [get('IMPORTER_ACCESS_KEY_ID'), get('IMPORTER_SECRET_KEY')];
  return {
    source,
    endpoint: endpoint ?? '',
    contentType,
    overhead: overheadOf(get('FILESYSTEM_OVERHEAD')),
    preallocation: booleanOf('PREALLOCATION', env.PREALLOCATION),
    insecureTls: booleanOf('INSECURE_TLS', get('INSECURE_TLS') ?? 'false'),
    headers: headersOf(env),
    isNodePull: get('IMPORTER_PULL_METHOD') === 'node',
    wasKilled: get('CACHE_MODE') === 'TRYNONE',
    ...optional('volumeBytes', volumeOf(get('IMPORTER_IMAGE_SIZE'))),
    ...optional('login', user === undefined || password === undefined ? undefined : { user, password }),
    ...optional('certificates', get('IMPORTER_CERT_DIR')),
    ...optional('checksum', checksumOf(get('IMPORTER_CHECKSUM'), source)),
    ...optional('architecture', get('IMPORTER_REGISTRY_IMAGE_ARCHITECTURE')),
    ...optional('readyFile', get('IMPORTER_READY_FILE')),
    ...optional('doneFile', get('IMPORTER_DONE_FILE')),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V });
}

function unsupported(what: string): ImportError {
  return new ImportError('cdi-unsupported', { what });
}

function invalid(name: string, value: string): ImportError {
  return new ImportError('cdi-environment', { name, value });
}

function sourceOf(name: string): CdiSource {
  const source = SOURCES.find((known) => known === name);
  if (source !== undefined) return source;
  if (name === 'imageio' || name === 'vddk') throw unsupported(name);
  throw new ImportError('cdi-source', { source: name });
}

function contentTypeOf(name: string, source: CdiSource): CdiRequest['contentType'] {
  if (name === 'kubevirt') return name;
  if (name === 'archive' && source === 'http') return name;
  throw unsupported(`${name} from ${source}`);
}

/** What Go's strconv.ParseBool takes. */
function booleanOf(name: string, text: string | undefined): boolean {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text ?? '')) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text ?? '')) return false;
  throw invalid(name, text ?? '');
}

/** A share. CDI takes none where it cannot be read; a disk larger than its volume is worse than no import. */
function overheadOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const overhead = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(overhead >= 0 && overhead < 1)) throw invalid('FILESYSTEM_OVERHEAD', text);
  return overhead;
}

function volumeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = parseQuantity(text);
  if (bytes === undefined || bytes === 0) throw invalid('IMPORTER_IMAGE_SIZE', text);
  return bytes;
}

/** CDI checks what comes by http only, and lets the checksum of any other source pass unheeded. */
function checksumOf(text: string | undefined, source: CdiSource): Checksum | undefined {
  if (text === undefined) return undefined;
  const checksum = parseChecksum(text);
  if (checksum === undefined) throw invalid('IMPORTER_CHECKSUM', text);
  if (source === 'none') throw unsupported('IMPORTER_CHECKSUM from none');
  return checksum;
}

/** `IMPORTER_EXTRA_HEADER_0` and so on, each `Name: value`. A value may be a secret: it is never told. */
function headersOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const pairs = Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith('IMPORTER_EXTRA_HEADER_') || text === undefined) return [];
    const header = headerOf(text);
    if (header === undefined) throw invalid(name, '…');
    return [header];
  });
  return Object.fromEntries(pairs);
}
