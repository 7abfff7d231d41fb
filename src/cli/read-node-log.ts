import { createReadStream } from 'node:fs';
import { killedByOomd } from '../evidence/cluster/oomd.js';
import { toIncident } from '../evidence/incident.js';
import { parseKernelLog } from '../kernel-log/index.js';
import { readReports } from '../kernel-log/readers/index.js';
import { type ClusterConnection, KubeError, readKernelLogByPod } from '../kubernetes/index.js';
import { type ContainerIdentity, type EvidenceGap, type Incident, type Message, message, type PodFacts } from '../model/index.js';

/** The kernel log of a node. */
export interface NodeLog {
  readonly source: string;
  readonly incidents: readonly Incident[];
  /** Cgroups that systemd-oomd says it killed. */
  readonly oomd: readonly ContainerIdentity[];
}

/** A journal line about systemd-oomd may stand anywhere: no more than this of a log is searched for one. */
const MOST_SEARCHED = 256 * 2 ** 20;

/** Reads a node's log from a file, in any form that `oomkit diagnose` reads. What is wrong with it is a gap. */
export async function readNodeLog(path: string, signal: AbortSignal): Promise<NodeLog | EvidenceGap> {
  const { reports, summary } = await readReports([path === '-' ? { kind: 'stdin' } : { kind: 'path', path }], { signal });
  const [error] = summary.errors;
  if (reports.length === 0 && error !== undefined) return { part: 'node-log', problem: error.problem };
  return { source: path, incidents: reports.map(toIncident), oomd: path === '-' ? [] : await oomdIn(path) };
}

/** Reads a node's log by a debug pod, which is deleted again. What does not work is a gap. */
export async function readNodeLogByPod(
  connection: ClusterConnection,
  pod: PodFacts,
  image: string,
  say: (text: Message) => void,
  signal: AbortSignal,
): Promise<NodeLog | EvidenceGap> {
  const { nodeName: node, namespace } = pod;
  if (node === undefined) return { part: 'debug-node', problem: message('cluster.gap.no-node') };
  try {
    const text = await readKernelLogByPod(
      connection,
      {
        namespace,
        node,
        image,
        waitMs: 60_000,
        onCreated: (name) => say(message('cluster.debug-node.started', { pod: name, node })),
        onLeft: (name) => say(message('cluster.debug-node.left', { pod: name, namespace })),
      },
      signal,
    );
    const source = `node/${node}`;
    return { source, incidents: parseKernelLog(text, source).map(toIncident), oomd: killedByOomd(text) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return { part: 'debug-node', problem: error.problem, rule: { apiGroup: '', resource: 'pods', verb: 'create' } };
  }
}

async function oomdIn(path: string): Promise<ContainerIdentity[]> {
  const found: ContainerIdentity[] = [];
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', end: MOST_SEARCHED })) {
      const text = `${rest}${chunk}`;
      const lines = text.lastIndexOf('\n');
      found.push(...killedByOomd(text.slice(0, lines + 1)));
      rest = text.slice(lines + 1).slice(-65_536);
    }
  } catch {
    // A directory, or what cannot be read: the reading of reports has said so.
  }
  return found;
}
