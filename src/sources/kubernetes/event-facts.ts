import { type ClusterEvent, present } from '../../model/index.js';
import { redactText } from '../secrets/command-line.js';
import type { RawEvent } from './raw.js';

/** The reasons that tell about a kill; of all others nothing is kept. */
const TELLING: ReadonlySet<string> = new Set([
  'OOMKilling',
  'SystemOOM',
  'Evicted',
  'Killing',
  'Unhealthy',
  'ExceededGracePeriod',
  'Preempting',
  'Preempted',
  'NodeShutdown',
  'TaintManagerEviction',
  'EvictionThresholdMet',
]);
/** A note is at most 1 KiB in events.k8s.io/v1; a node's kernel line in one may be longer. */
const LONGEST_NOTE = 1024;

/** What an event tells, or undefined when it is of no use here. */
export function eventFacts(event: RawEvent): ClusterEvent | undefined {
  const { reason = '', involvedObject = {}, metadata = {} } = event;
  if (!TELLING.has(reason) || involvedObject.name === undefined) return undefined;
  const firstSeen = event.firstTimestamp ?? event.eventTime ?? undefined;
  return present({
    reason,
    warning: event.type === 'Warning',
    // A probe's note may quote what the program answered. Cut before, half a token would not look like one.
    note: redactText(event.message ?? '').slice(0, LONGEST_NOTE),
    about: present({
      kind: involvedObject.kind ?? '',
      namespace: involvedObject.namespace,
      name: involvedObject.name,
      uid: involvedObject.uid,
    }),
    container: /^spec\.(?:initContainers|containers|ephemeralContainers)\{([^{}]{1,253})\}$/.exec(
      involvedObject.fieldPath ?? '',
    )?.[1],
    firstSeen,
    lastSeen: event.series?.lastObservedTime ?? event.lastTimestamp ?? firstSeen,
    count: event.series?.count ?? event.count ?? 1,
    starvedResource: metadata.annotations?.starved_resource,
  });
}
