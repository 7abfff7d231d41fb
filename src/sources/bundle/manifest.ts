/** The version of the bundle's layout. It changes when an older oomkit could no longer read a bundle aright. */
export const BUNDLE_VERSION = 'oomkit.dev/bundle/v1';

/** The names of a bundle's own files. */
export const MANIFEST = 'manifest.json';
export const KERNEL_LOG = 'kernel.log';
export const LIVE_FACTS = 'live.json';

/** Why a log that was read is not in a bundle, behind its name. Any other reason says that it could not be read, or not all of it. */
export const NO_REPORT = ': no OOM report';

/** What of the machine a diagnosis may need. Absent where it was not to be had. */
export interface HostFacts {
  readonly kernelRelease?: string;
  /** As Node names it: x64, arm64. */
  readonly architecture: string;
  readonly pageSizeBytes?: number;
  readonly memoryBytes?: number;
  readonly swapBytes?: number;
  readonly cgroupLayout?: 'v1' | 'v2' | 'hybrid';
  /** `redacted` unless it was asked for. */
  readonly hostname: string;
}

/** One thing that was to be collected: a file of the bundle, or why it is not there. */
export type ManifestEntry =
  | { readonly name: string; readonly source: string; readonly bytes: number; readonly sha256: string }
  | { readonly name: string; readonly source: string; readonly missing: string };

/** manifest.json, the first file of a bundle. */
export interface Manifest {
  readonly version: typeof BUNDLE_VERSION;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly tool: { readonly name: 'oomkit'; readonly version: string };
  readonly host: HostFacts;
  /** The cgroup that was asked for; absent when all containers were. */
  readonly cgroup?: string;
  readonly files: readonly ManifestEntry[];
}

/** A header of a tar archive, and the place of its magic (POSIX.1-2017, pax, ustar). */
const TAR_HEADER_BYTES = 512;
const USTAR_MAGIC_AT = 257;

/** Whether bytes, decompressed, begin as a bundle does: a tar archive whose first file is a manifest. */
export function looksLikeBundle(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, TAR_HEADER_BYTES + 256));
  if (!text.startsWith(`${MANIFEST}\0`) || text.slice(USTAR_MAGIC_AT, USTAR_MAGIC_AT + 5) !== 'ustar') return false;
  return looksLikeManifest(text.slice(TAR_HEADER_BYTES));
}

/** Whether a text is the beginning of a manifest, of this or another version. */
function looksLikeManifest(beginning: string): boolean {
  return /^\s*\{\s*"version":\s*"oomkit\.dev\/bundle\//.test(beginning);
}

/** The version a manifest says it has; undefined when the text is none. */
export function versionOf(manifest: string): string | undefined {
  return /^\s*\{\s*"version":\s*"(oomkit\.dev\/bundle\/[\w.]{1,20})"/.exec(manifest)?.[1];
}

/** Reads a manifest of this version; undefined when it is damaged. What it says is checked, not believed. */
export function parseManifest(text: string): Manifest | undefined {
  const value = parseJson(text);
  if (!isRecord(value) || value.version !== BUNDLE_VERSION || typeof value.created !== 'string') return undefined;
  if (!isRecord(value.tool) || !isRecord(value.host) || !Array.isArray(value.files)) return undefined;
  const { host, tool } = value;
  if (!value.files.every(isEntry)) return undefined;
  return {
    version: BUNDLE_VERSION,
    created: value.created,
    tool: { name: 'oomkit', version: String(tool.version) },
    host: {
      architecture: String(host.architecture),
      hostname: String(host.hostname),
      ...(typeof host.kernelRelease === 'string' ? { kernelRelease: host.kernelRelease } : {}),
      ...(typeof host.pageSizeBytes === 'number' ? { pageSizeBytes: host.pageSizeBytes } : {}),
      ...(typeof host.memoryBytes === 'number' ? { memoryBytes: host.memoryBytes } : {}),
      ...(typeof host.swapBytes === 'number' ? { swapBytes: host.swapBytes } : {}),
      ...(isLayout(host.cgroupLayout) ? { cgroupLayout: host.cgroupLayout } : {}),
    },
    ...(typeof value.cgroup === 'string' ? { cgroup: value.cgroup } : {}),
    files: value.files,
  };
}

/** A JSON value; undefined when the text is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is ManifestEntry {
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.source !== 'string') return false;
  return typeof value.missing === 'string' || (typeof value.bytes === 'number' && typeof value.sha256 === 'string');
}

function isLayout(value: unknown): value is NonNullable<HostFacts['cgroupLayout']> {
  return value === 'v1' || value === 'v2' || value === 'hybrid';
}
