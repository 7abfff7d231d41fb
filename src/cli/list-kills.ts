import { killsOfNodeEvents, killsOfPod } from '../diagnosis/termination/kills-of-pod.js';
import { type ClusterEvent, type EvidenceGap, killKey, type OomEventCount, type OomKill, type PodFacts } from '../model/index.js';
import {
  type ClusterConnection,
  corePath,
  listPages,
  podFacts,
  type RawPod,
  readEvents,
  readOomEvents,
  watchObjects,
} from '../sources/kubernetes/index.js';

export interface KillChoice {
  /** All namespaces unless given. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Only ends after this moment, in milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Ends that were no OOM kill too. */
  readonly all: boolean;
  readonly nodeMetrics: boolean;
}

export interface KillsRead {
  readonly kills: readonly OomKill[];
  readonly podsSeen: number;
  /** Ends left out because they were no OOM kill. */
  readonly leftOut: number;
  readonly nodesAsked: readonly string[];
  readonly nodesLeft: number;
  readonly gaps: readonly EvidenceGap[];
  readonly resourceVersion: string;
}

/** Kubelets asked at most: each answers with all of its counters, some megabytes. */
export const MOST_NODES = 100;

/** Reads the kills of a cluster. Pods are taken page by page, and nothing is kept of those without a kill. Throws a KubeError. */
export async function readKills(connection: ClusterConnection, choice: KillChoice, signal: AbortSignal): Promise<KillsRead> {
  const surroundings = await readEvents(connection, choice.namespace, signal);
  const events = eventsByPod(surroundings.events);
  const found: PodFacts[] = [];
  const running = new Map<string, PodFacts>();
  const nodes = new Set<string>();
  let podsSeen = 0;
  let resourceVersion = '';
  for await (const page of listPages<RawPod>(connection, corePath('pods', choice.namespace), selectors(choice, signal))) {
    if (page.restarted) {
      found.length = 0;
      podsSeen = 0;
    }
    resourceVersion = page.resourceVersion;
    podsSeen += page.items.length;
    for (const item of page.items) {
      if (item.spec?.nodeName !== undefined) nodes.add(item.spec.nodeName);
      const pod = podFacts(item);
      if (killsOfPod(pod, { events: eventsOf(events, pod), oomEvents: [] }).length > 0) found.push(pod);
    }
  }
  const asked = choice.nodeMetrics ? [...nodes].slice(0, MOST_NODES) : [];
  const metrics = await readOomEvents(connection, asked, signal);
  for (const pod of await podsCounted(connection, metrics.oomEvents, found, choice, signal)) running.set(pod.uid, pod);
  const kills = [...found, ...running.values()].flatMap((pod) =>
    killsOfPod(pod, { events: eventsOf(events, pod), oomEvents: metrics.oomEvents }),
  );
  const ofNodes =
    choice.namespace === undefined && choice.labelSelector === undefined ? killsOfNodeEvents(surroundings.events) : [];
  const wanted = [...kills, ...ofNodes].filter(isSince(choice.sinceMs));
  const shown = wanted.filter(({ verdict }) => choice.all || verdict !== 'not-oom');
  return {
    kills: shown.sort(byTime),
    podsSeen,
    leftOut: wanted.length - shown.length,
    nodesAsked: metrics.nodes,
    nodesLeft: choice.nodeMetrics ? nodes.size - asked.length : 0,
    gaps: [...surroundings.gaps, ...metrics.gaps],
    resourceVersion,
  };
}

/** Pods whose kubelet counted a kill and whose status shows none: read one by one, for they are few. */
async function podsCounted(
  connection: ClusterConnection,
  counts: readonly OomEventCount[],
  found: readonly PodFacts[],
  choice: KillChoice,
  signal: AbortSignal,
): Promise<PodFacts[]> {
  const known = new Set(found.map(({ namespace, name }) => `${namespace}/${name}`));
  const pods: PodFacts[] = [];
  const names = new Map(counts.map(({ namespace, pod }) => [`${namespace}/${pod}`, { namespace, pod }]));
  for (const [key, { namespace, pod }] of names) {
    if (known.has(key) || (choice.namespace !== undefined && choice.namespace !== namespace)) continue;
    const fieldSelector = [`metadata.name=${pod}`, choice.fieldSelector].filter((part) => part !== undefined).join(',');
    const one = { ...selectors(choice, signal), fieldSelector };
    for await (const { items } of listPages<RawPod>(connection, corePath('pods', namespace), one))
      pods.push(...items.map(podFacts));
  }
  return pods;
}

/** Kills that were not seen before, as they come, until `signal`. What Kubernetes does not show is not among them. */
export async function* watchKills(
  connection: ClusterConnection,
  choice: KillChoice,
  first: KillsRead,
  signal: AbortSignal,
  onInterruption: (kind: 'reconnected' | 'relisted') => void,
): AsyncGenerator<OomKill> {
  const seen = new Set(first.kills.map(killKey));
  let { resourceVersion } = first;
  const news = (kills: readonly OomKill[]): OomKill[] =>
    kills.filter((kill) => {
      const key = killKey(kill);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  while (!signal.aborted) {
    const path = corePath('pods', choice.namespace);
    const watch = watchObjects<RawPod>(connection, path, resourceVersion, selectors(choice, signal), signal, () =>
      onInterruption('reconnected'),
    );
    for await (const event of watch) {
      if (event.kind === 'expired') continue;
      const pod = podFacts(event.object);
      if (killsOfPod(pod, { events: [], oomEvents: [] }).length === 0) continue;
      // Whether a probe did it only events tell; they are read when there is something to judge.
      const { events } = await readEvents(connection, pod.namespace, signal);
      const kills = killsOfPod(pod, { events: eventsOf(eventsByPod(events), pod), oomEvents: [] });
      yield* news(kills.filter((kill) => isSince(choice.sinceMs)(kill) && (choice.all || kill.verdict !== 'not-oom')));
    }
    onInterruption('relisted');
    const again = await readKills(connection, { ...choice, nodeMetrics: false }, signal);
    resourceVersion = again.resourceVersion;
    yield* news(again.kills);
  }
}

function selectors({ labelSelector, fieldSelector }: KillChoice, signal: AbortSignal) {
  return {
    signal,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

interface EventIndex {
  readonly byPod: ReadonlyMap<string, readonly ClusterEvent[]>;
  readonly byNode: ReadonlyMap<string, readonly ClusterEvent[]>;
}

function eventsByPod(events: readonly ClusterEvent[]): EventIndex {
  const group = (kind: string, keyOf: (event: ClusterEvent) => string) => {
    const groups = new Map<string, ClusterEvent[]>();
    for (const event of events.filter(({ about }) => about.kind === kind)) {
      const key = keyOf(event);
      groups.set(key, [...(groups.get(key) ?? []), event]);
    }
    return groups;
  };
  return {
    byPod: group('Pod', ({ about }) => `${about.namespace}/${about.name}`),
    byNode: group('Node', ({ about }) => about.name),
  };
}

function eventsOf({ byPod, byNode }: EventIndex, pod: PodFacts): ClusterEvent[] {
  // A pod of the same name that came before has another UID.
  const own = (byPod.get(`${pod.namespace}/${pod.name}`) ?? []).filter(
    ({ about }) => about.uid === undefined || about.uid === pod.uid,
  );
  return [...own, ...(byNode.get(pod.nodeName ?? '') ?? [])];
}

function isSince(sinceMs: number | undefined): (kill: OomKill) => boolean {
  // A kill without a time cannot be shown to be older.
  return ({ finishedAt }) => sinceMs === undefined || finishedAt === undefined || Date.parse(finishedAt) >= sinceMs;
}

function byTime(a: OomKill, b: OomKill): number {
  return (
    (b.finishedAt ?? '').localeCompare(a.finishedAt ?? '') || `${a.namespace}/${a.pod}`.localeCompare(`${b.namespace}/${b.pod}`)
  );
}
