import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterConnection } from './connection.js';
import { isTransient, KubeError } from './error.js';
import type { ListChoice } from './list.js';
import type { RawMeta } from './raw.js';

export type WatchNews<T> =
  | { readonly kind: 'object'; readonly object: T }
  /** Some changes were missed (410): list again and watch from there. */
  | { readonly kind: 'expired' };

interface RawWatchEvent<T> {
  readonly type?: string;
  readonly object?: T & { readonly metadata?: RawMeta; readonly code?: number };
}

const LONGEST_PAUSE_MS = 30_000;
const FIRST_PAUSE_MS = 250;

/**
 * The objects that were added or changed after `resourceVersion`, until `signal` ends it. A connection that ends is made anew
 * from the last version seen; when that is too old, the last news is `expired`. Throws a KubeError that trying again does not cure.
 */
export async function* watchObjects<T extends object>(
  connection: ClusterConnection,
  path: string,
  resourceVersion: string,
  choice: ListChoice,
  signal: AbortSignal,
  onReconnect: (error: KubeError | undefined) => void = () => undefined,
): AsyncGenerator<WatchNews<T>> {
  let version = resourceVersion;
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const params = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
      ...(choice.labelSelector === undefined ? {} : { labelSelector: choice.labelSelector }),
      ...(choice.fieldSelector === undefined ? {} : { fieldSelector: choice.fieldSelector }),
    });
    let failure: KubeError | undefined;
    try {
      for await (const line of connection.lines(path, params, signal)) {
        const { type, object } = parseEvent<T>(line, path, connection.server);
        if (type === 'ERROR') {
          if (object?.code === 410) {
            yield { kind: 'expired' };
            return;
          }
          throw new KubeError('server-error', {
            server: connection.server,
            path,
            status: String(object?.code ?? ''),
            detail: '',
          });
        }
        pauseMs = FIRST_PAUSE_MS;
        version = object?.metadata?.resourceVersion ?? version;
        if (object !== undefined && (type === 'ADDED' || type === 'MODIFIED')) yield { kind: 'object', object };
      }
    } catch (error) {
      if (error instanceof KubeError && error.code === 'expired') {
        yield { kind: 'expired' };
        return;
      }
      if (!(error instanceof KubeError) || !(isTransient(error) || error.code === 'refused')) throw error;
      failure = error;
    }
    onReconnect(failure);
    await delay(failure?.retryAfterSeconds === undefined ? pauseMs : failure.retryAfterSeconds * 1000, undefined, { signal });
    if (failure !== undefined) pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

function parseEvent<T>(line: string, path: string, server: string): RawWatchEvent<T> {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null) return event as RawWatchEvent<T>;
  } catch {
    // A line that was cut: the connection is made anew.
  }
  throw new KubeError('cut', { server, path, detail: '' });
}
