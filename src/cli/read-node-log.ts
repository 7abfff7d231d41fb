import { createReadStream, statSync } from 'node:fs';
import { killedByOomd } from '../inquiry/pod/oomd.js';
import {
  type ContainerIdentity,
  type EvidenceGap,
  type Excerpt,
  type Incident,
  type Message,
  message,
  type OomReport,
  type PodFacts,
} from '../model/index.js';
import { excerptsOf } from '../sources/kernel-log/excerpt-keeper.js';
import { toIncident } from '../sources/kernel-log/incident.js';
import { parseKernelLog } from '../sources/kernel-log/parser.js';
import { publicLine } from '../sources/kernel-log/readers/public-line.js';
import { readReports } from '../sources/kernel-log/readers/read-reports.js';
import { type ClusterConnection, KubeError, readKernelLogByPod } from '../sources/kubernetes/index.js';

/** The kernel log of a node. */
export interface NodeLog {
  readonly source: string;
  readonly incidents: readonly Incident[];
  /** The lines of its reports, as far as they could be kept. */
  readonly excerpts: ReadonlyMap<OomReport, Excerpt>;
  /** Cgroups that systemd-oomd says it killed. */
  readonly oomd: readonly ContainerIdentity[];
}

/** A journal line about systemd-oomd may stand anywhere: no more than this of a log is searched for one. */
const MOST_SEARCHED = 256 * 2 ** 20;

/** Reads a node's log from a file, in any form that `oomkit diagnose` reads. What is wrong with it is a gap. */
export async function readNodeLog(path: string, signal: AbortSignal, keepsExcerpts: boolean): Promise<NodeLog | EvidenceGap> {
  const input = path === '-' ? ({ kind: 'stdin' } as const) : ({ kind: 'path', path } as const);
  const { reports, summary, excerpts } = await readReports([input], { signal, keepsExcerpts });
  const { errors, damages, unread = [] } = summary;
  const [problem] = [...errors.map((error) => error.problem), ...damages, ...unread];
  const oomd = path === '-' ? [] : await oomdIn(path);
  // What was not read may hold the kill.
  if (reports.length === 0 && oomd.length === 0 && problem !== undefined) return { part: 'node-log', problem };
  return { source: path, incidents: reports.map(toIncident), excerpts, oomd };
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
    const incidents = parseKernelLog(text, source).map(toIncident);
    return { source, incidents, excerpts: excerptsFor(incidents, text, source), oomd: killedByOomd(text) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return { part: 'debug-node', problem: error.problem, rule: { apiGroup: '', resource: 'pods', verb: 'create' } };
  }
}

function excerptsFor(incidents: readonly Incident[], log: string, source: string): ReadonlyMap<OomReport, Excerpt> {
  const byLine = excerptsOf(new TextEncoder().encode(log), source, publicLine);
  const found = incidents.flatMap(({ report }) => {
    const excerpt = byLine.get(report.firstLine);
    return excerpt === undefined ? [] : [[report, excerpt] as const];
  });
  return new Map(found);
}

async function oomdIn(path: string): Promise<ContainerIdentity[]> {
  const found: ContainerIdentity[] = [];
  let rest = '';
  try {
    // Whoever wrote to a pipe wrote once, and a device has no end.
    if (!statSync(path).isFile()) return [];
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
