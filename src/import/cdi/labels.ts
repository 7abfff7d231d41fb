import { httpClient } from '../sources/http/client.js';
import { bodyOf } from '../sources/registry/auth.js';

const MARK = 'KUBEVIRT_IO_';
const MAX_INFO_BYTES = 1024 * 1024;

/**
 * The labels that a container disk asks for by its environment: `INSTANCETYPE_KUBEVIRT_IO_DEFAULT_PREFERENCE=fedora` is
 * `instancetype.kubevirt.io/default-preference: fedora`. Source: envsToLabels() in pkg/importer/util.go of
 * containerized-data-importer 1.66.
 */
export function labelsOfEnvironment(variables: readonly string[]): Record<string, string> {
  const pairs = variables.flatMap((variable) => {
    const [, name = '', value] = /^([^=]*)=(.*)$/s.exec(variable) ?? [];
    const at = name.indexOf(MARK);
    if (value === undefined || at < 0) return [];
    const before = name.slice(0, at).replace(/_$/, '').replaceAll('_', '.');
    const after = name.slice(at + MARK.length).replaceAll('_', '-');
    return [[`${before === '' ? '' : `${before}.`}kubevirt.io/${after}`.toLowerCase(), value] as const];
  });
  return Object.fromEntries(pairs);
}

/** The labels of the image that another container of the pod serves; none where it does not tell. */
export async function labelsOfServer(endpoint: string, signal: AbortSignal): Promise<Record<string, string>> {
  const client = await httpClient({ env: {} });
  try {
    const url = new URL('/info', endpoint);
    const answer = await client.get(url, {}, signal);
    const info: unknown = JSON.parse(Buffer.from(await bodyOf(answer, MAX_INFO_BYTES, url.origin)).toString('utf8'));
    const { env } = info as { readonly env?: unknown };
    return labelsOfEnvironment(Array.isArray(env) ? env.map(String) : []);
  } catch {
    signal.throwIfAborted();
    return {};
  } finally {
    await client.close();
  }
}
