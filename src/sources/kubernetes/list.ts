import type { ClusterConnection } from './connection.js';
import { KubeError } from './error.js';
import type { RawList } from './raw.js';

/** Objects a page: some 10 MB of pods at most. Only one page is in memory at a time. */
const PAGE = 500;
/** A list that expires again and again is given up. */
const MOST_RESTARTS = 3;

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** The list began anew since the last page: its token had expired. What came before comes again. */
  readonly restarted: boolean;
}

export interface ListChoice {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
  readonly pageSize?: number;
}

/**
 * A list, page by page. A continue token expires after some minutes (410): the list then begins again, as the API asks for
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks). Throws a KubeError.
 */
export async function* listPages<T>(
  connection: ClusterConnection,
  path: string,
  { labelSelector, fieldSelector, signal, pageSize = PAGE }: ListChoice = {},
): AsyncGenerator<ListPage<T>> {
  let token = '';
  let restarted = false;
  for (let restarts = 0; ; ) {
    const params = new URLSearchParams({
      limit: String(pageSize),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(token === '' ? {} : { continue: token }),
    });
    let list: RawList<T>;
    try {
      list = await connection.get<RawList<T>>(path, { params, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 'expired' || token === '' || restarts >= MOST_RESTARTS) throw error;
      restarts += 1;
      restarted = true;
      token = '';
      continue;
    }
    yield { items: list.items ?? [], resourceVersion: list.metadata?.resourceVersion ?? '', restarted };
    restarted = false;
    token = list.metadata?.continue ?? '';
    if (token === '') return;
  }
}
