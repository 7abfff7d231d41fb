import { diagnose } from '../diagnosis/index.js';
import { type ManifestPatch, patchOf } from '../diagnosis/sizing/patch.js';
import { mergeHeaps } from '../inquiry/bundle/merge-heap.js';
import {
  type Diagnosis,
  type EvidenceGap,
  type Excerpt,
  type Incident,
  type Message,
  message,
  type OomReport,
} from '../model/index.js';
import { HeapProfileError } from '../sources/heap/errors.js';
import { readHeapLocation } from '../sources/heap/heap-reading.js';
import { type ClusterConnection, workloadType } from '../sources/kubernetes/index.js';
import type { Language } from '../words/language.js';
import { skewNote } from './cluster-notes.js';
import { type ClusterOptions, withCluster } from './cluster-options.js';
import { ExitCode } from './exit-code.js';
import { readPodIncidents } from './pod-incidents.js';
import type { NamedTarget } from './pod-target.js';
import { type PrintOptions, printDiagnoses } from './print-diagnoses.js';
import { type NodeLog, readNodeLog, readNodeLogByPod } from './read-node-log.js';
import { UsageError } from './usage-error.js';

export interface TargetOptions extends ClusterOptions {
  readonly nodeLog?: string;
  readonly debugNode?: boolean;
  readonly debugImage: string;
  readonly heap?: string;
  readonly patch?: boolean;
  readonly container?: string;
}

/** Adds to incidents what a metrics server has of the time before. */
export type Extend = (
  incidents: readonly Incident[],
) => Promise<{ readonly incidents: readonly Incident[]; readonly warnings: readonly Message[] }>;

/** Diagnoses a pod of a cluster, or the pods of a workload, and prints the diagnoses or the patch they come to. */
export async function diagnoseTarget(
  named: NamedTarget,
  options: TargetOptions & PrintOptions,
  lang: Language,
  extend: Extend,
): Promise<void> {
  const heap = options.heap === undefined ? undefined : heapAddress(options.heap);
  const report = await import('../render/index.js');
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${report.renderMessage(text, { lang }).trimEnd()}\n`);
  await withCluster(options, lang, options.debug === true, async (connection, signal) => {
    const workload = workloadType(named.kind);
    const target = {
      namespace: options.namespace ?? connection.namespace,
      name: named.name,
      ...(workload === undefined ? {} : { workload }),
    };
    const { nodeLog, debugNode, debugImage, container } = options;
    const excerpts = new Map<OomReport, Excerpt>();
    const withLines = (log: NodeLog | EvidenceGap): NodeLog | EvidenceGap => {
      if (!('part' in log)) for (const [kernelReport, excerpt] of log.excerpts) excerpts.set(kernelReport, excerpt);
      return log;
    };
    const read = await readPodIncidents(
      connection,
      target,
      {
        ...(container === undefined ? {} : { container }),
        ...(nodeLog !== undefined
          ? { nodeLog: async () => withLines(await readNodeLog(nodeLog, signal, options.output === 'html')) }
          : debugNode === true
            ? { nodeLog: async (pod) => withLines(await readNodeLogByPod(connection, pod, debugImage, say, signal)) }
            : {}),
      },
      signal,
    );
    const warnings = [...read.warnings, ...skewNote(connection.clockSkewSeconds ?? 0)];
    for (const warning of warnings) say(warning);
    process.exitCode = read.incidents.length === 0 ? ExitCode.NothingFound : read.isPartial ? ExitCode.PartlyRead : ExitCode.Done;
    const extended = await extend(read.incidents);
    const plain = extended.incidents.map(diagnose);
    const diagnoses = heap === undefined ? plain : await withHeap(connection, plain, heap, say);
    const allWarnings = [...warnings, ...extended.warnings];
    if (options.patch === true) await printPatches(diagnoses, lang, say);
    else if (options.output === 'html') {
      const { printDiagnosesPage } = await import('./page/print-page.js');
      printDiagnosesPage(diagnoses, excerpts, allWarnings, lang);
    } else printDiagnoses(diagnoses, allWarnings, lang, options, report);
  });
}

interface HeapAddress {
  readonly port: number;
  readonly path: string;
}

/** `6060/debug/pprof/heap`. Throws a UsageError. */
function heapAddress(text: string): HeapAddress {
  const match = /^(\d{1,5})(\/\S*)$/.exec(text);
  const port = Number(match?.[1]);
  if (match === null || port < 1 || port > 65_535) {
    throw new UsageError(`--heap takes PORT/PATH of the container, such as 6060/debug/pprof/heap, not '${text}'`);
  }
  return { port, path: match[2] ?? '/' };
}

/** Holds the heap of the running container against each diagnosis. A heap that cannot be had costs itself alone. */
async function withHeap(
  connection: ClusterConnection,
  diagnoses: readonly Diagnosis[],
  { port, path }: HeapAddress,
  say: (text: Message) => void,
): Promise<Diagnosis[]> {
  const extended: Diagnosis[] = [];
  for (const diagnosis of diagnoses) {
    const pod = diagnosis.incident.kubernetes?.pod;
    if (pod === undefined) continue;
    const forwarded = await connection.endpoint.forward(pod.namespace, pod.name, port);
    try {
      const document = await readHeapLocation(`http://127.0.0.1:${forwarded.port}${path}`, process.stdin);
      const merged = mergeHeaps(diagnosis, [{ source: `pod/${pod.name}:${port}${path.replace(/[?#].*$/s, '')}`, document }]);
      extended.push({ ...merged, warnings: [...merged.warnings, message('cluster.heap-now')] });
    } catch (error) {
      if (!(error instanceof HeapProfileError)) throw error;
      say(message('cluster.heap-not-read', { pod: pod.name, port: String(port) }));
      process.exitCode = ExitCode.PartlyRead;
      extended.push(diagnosis);
    } finally {
      forwarded.close();
    }
  }
  return extended;
}

/** The patches as YAML documents, each with the command that would apply it. */
async function printPatches(diagnoses: readonly Diagnosis[], lang: Language, say: (text: Message) => void): Promise<void> {
  const [{ stringify }, { catalogue }] = await Promise.all([import('yaml'), import('../render/index.js')]);
  const patches = new Map<string, ManifestPatch>();
  for (const patch of diagnoses.map(patchOf)) if (patch !== undefined) patches.set(JSON.stringify(patch), patch);
  if (patches.size === 0) {
    say(message('cluster.error.no-patch'));
    process.exitCode = ExitCode.NothingFound;
    return;
  }
  const words = catalogue(lang);
  const documents = [...patches.values()].map(({ target: { kind, name, namespace }, patch, isApplicable }) => {
    const resize = kind === 'Pod' ? ' --subresource resize' : '';
    const command = `kubectl patch ${kind.toLowerCase()} ${name} -n ${namespace}${resize} --patch-file FILE`;
    const header = words[isApplicable ? 'patch.header' : 'patch.header-manifest'] ?? '';
    return `# ${header.replace('{command}', command)}\n${stringify(patch)}`;
  });
  process.stdout.write(documents.join('---\n'));
}
