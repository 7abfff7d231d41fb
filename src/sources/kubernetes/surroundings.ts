import type { ClusterEvent, EvidenceGap, OomEventCount } from '../../model/index.js';
import { oomEventCounts, parseCadvisor } from './cadvisor.js';
import type { ClusterConnection } from './connection.js';
import { KubeError } from './error.js';
import { eventFacts } from './event-facts.js';
import { listPages } from './list.js';
import { corePath, kubeletPath } from './paths.js';
import type { RawEvent } from './raw.js';

/** Events about nodes are kept in this namespace (client-go tools/record: an object without a namespace). */
const NODE_EVENTS_NAMESPACE = 'default';
/** Kubelets asked at once. */
const AT_ONCE = 8;

export interface EventsRead {
  readonly events: readonly ClusterEvent[];
  readonly gaps: readonly EvidenceGap[];
}

/** The telling events of a namespace, or of all, and those about nodes. What may not be read is a gap; an interruption is thrown. */
export async function readEvents(
  connection: ClusterConnection,
  namespace: string | undefined,
  signal?: AbortSignal,
): Promise<EventsRead> {
  const own = await eventsOf(connection, namespace, undefined, 'events', signal);
  if (namespace === undefined) return own;
  const ofNodes = await eventsOf(connection, NODE_EVENTS_NAMESPACE, 'involvedObject.kind=Node', 'node-events', signal);
  return { events: [...own.events, ...ofNodes.events], gaps: [...own.gaps, ...ofNodes.gaps] };
}

async function eventsOf(
  connection: ClusterConnection,
  namespace: string | undefined,
  fieldSelector: string | undefined,
  part: 'events' | 'node-events',
  signal: AbortSignal | undefined,
): Promise<EventsRead> {
  let events: ClusterEvent[] = [];
  try {
    const choice = { ...(fieldSelector === undefined ? {} : { fieldSelector }), ...(signal === undefined ? {} : { signal }) };
    for await (const { items, restarted } of listPages<RawEvent>(connection, corePath('events', namespace), choice)) {
      if (restarted) events = [];
      for (const item of items) {
        const event = eventFacts(item);
        if (event !== undefined) events.push(event);
      }
    }
    return { events, gaps: [] };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return { events, gaps: [{ part, problem: error.problem, rule: { apiGroup: '', resource: 'events', verb: 'list' } }] };
  }
}

export interface NodeMetricsRead {
  readonly oomEvents: readonly OomEventCount[];
  /** Nodes whose kubelet answered. */
  readonly nodes: readonly string[];
  readonly gaps: readonly EvidenceGap[];
}

/**
 * The kills that kubelets counted, through the API server's node proxy. It is asked only as the caller's own right: when the first
 * node refuses, no other is asked.
 */
export async function readOomEvents(
  connection: ClusterConnection,
  nodes: readonly string[],
  signal?: AbortSignal,
): Promise<NodeMetricsRead> {
  const oomEvents: OomEventCount[] = [];
  const answered: string[] = [];
  const failures: KubeError[] = [];
  const queue = [...nodes];
  const ask = async (node: string): Promise<void> => {
    try {
      const text = await connection.getText(kubeletPath(node, '/metrics/cadvisor'), {
        attempts: 2,
        timeoutMs: 10_000,
        ...(signal === undefined ? {} : { signal }),
      });
      oomEvents.push(...oomEventCounts(parseCadvisor(text)));
      answered.push(node);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      failures.push(error);
    }
  };
  const first = queue.shift();
  if (first !== undefined) await ask(first);
  if (failures[0]?.code !== 'forbidden') {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let node = queue.shift(); node !== undefined; node = queue.shift()) await ask(node);
      }),
    );
  }
  const [failure] = failures;
  return { oomEvents, nodes: answered, gaps: failure === undefined ? [] : [{ part: 'cadvisor', problem: failure.problem }] };
}
