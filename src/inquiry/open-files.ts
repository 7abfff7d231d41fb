import { diagnose } from '../diagnosis/index.js';
import { type Excerpt, type Message, MIB, message, nested, type OomReport } from '../model/index.js';
import { BundleError } from '../sources/bundle/error.js';
import { looksLikeBundle } from '../sources/bundle/manifest.js';
import { openBundle, USUAL_BOUNDS } from '../sources/bundle/open-bundle.js';
import { type ByteStream, gunzip, peek, peekBeforeDamage } from '../sources/heap/byte-stream.js';
import { DETECTION_BYTES, detectHeapFormat } from '../sources/heap/detect.js';
import { readHeapDocument } from '../sources/heap/document.js';
import { HeapProfileError } from '../sources/heap/errors.js';
import { ExcerptKeeper, excerptsOf } from '../sources/kernel-log/excerpt-keeper.js';
import { detectFormat, type SourceFormat } from '../sources/kernel-log/format.js';
import { toIncident } from '../sources/kernel-log/incident.js';
import { KernelLogParser } from '../sources/kernel-log/parser.js';
import { labComparisonOf, labRunOf } from '../sources/recording/lab-files.js';
import { documentKind } from '../sources/recording/recording.js';
import { concat } from '../sources/streams/concat.js';
import { isGzip } from '../sources/streams/gunzip.js';
import { heapsOf } from './bundle/merge-heap.js';
import { bundleVerdict } from './bundle.js';
import { withoutCopies } from './copies.js';
import type { DiagnosedIncident, Opened, OpenedComparison, OpenedHeap, OpenedRun } from './opened.js';
import { recordingVerdict } from './recording.js';
import { type IncidentCriteria, selectIncidents } from './select-incidents.js';
import type { DocumentVerdict } from './verdict.js';

/** A run's file has half a megabyte, and the kernel's log in it at most 4 MiB. */
const MOST_RUN_BYTES = 64 * MIB;
/** Retained sizes of a larger snapshot would need more memory than a browser's worker is sure to get. */
const RETAINED_BOUND_BYTES = 512 * MIB;

/** Formats that only the command line reads, or that must be decompressed first, with the command that does. */
const READ_WITH: Readonly<Partial<Record<SourceFormat, string>>> = {
  zstd: 'zstd -dc',
  xz: 'xz -dc',
  bzip2: 'bzip2 -dc',
  lz4: 'lz4 -dc',
  journal: 'journalctl -k -o json --file',
};

/** A file to open: its name, and its bytes as they come. */
export interface FileToOpen {
  readonly name: string;
  readonly bytes: ByteStream;
}

interface Findings {
  readonly reports: OomReport[];
  readonly excerpts: Map<OomReport, Excerpt>;
  readonly incidents: DiagnosedIncident[];
  readonly inspections: Opened['inspections'][number][];
  readonly runs: OpenedRun[];
  readonly comparisons: OpenedComparison[];
  readonly heaps: OpenedHeap[];
  readonly warnings: Message[];
}

/**
 * Opens files, told apart by their content: kernel logs, evidence bundles, recordings and comparisons of the lab, and heap
 * profiles; each may be gzip compressed. Logs are diagnosed together, as the command line does: a report that stands in two of
 * them is told once. A file that cannot be read is a warning and does not stop the others.
 */
export async function openFiles(files: readonly FileToOpen[], criteria: IncidentCriteria = {}): Promise<Opened> {
  const found: Findings = {
    reports: [],
    excerpts: new Map(),
    incidents: [],
    inspections: [],
    runs: [],
    comparisons: [],
    heaps: [],
    warnings: [],
  };
  for (const file of files) await openFile(file, criteria, found);
  const { incidents: all, copies } = withoutCopies(found.reports.map(toIncident));
  if (copies > 0) found.warnings.push(message('found.copies', { count: copies }));
  const selected = selectIncidents(all, criteria);
  const logged = selected.map((incident): DiagnosedIncident => {
    const excerpt = found.excerpts.get(incident.report);
    return { diagnosis: diagnose(incident), ...(excerpt === undefined ? {} : { excerpt }) };
  });
  const { inspections, runs, comparisons, heaps, warnings } = found;
  return { incidents: [...logged, ...found.incidents], inspections, runs, comparisons, heaps, warnings };
}

async function openFile({ name, bytes }: FileToOpen, criteria: IncidentCriteria, found: Findings): Promise<void> {
  const chunks = bytes[Symbol.asyncIterator]();
  try {
    const outer = await peek({ [Symbol.asyncIterator]: () => chunks }, DETECTION_BYTES);
    if (!isGzip(outer.head)) return await openPlain(name, outer.head, outer.stream, criteria, found);
    const inner = await peekBeforeDamage(gunzip(outer.stream), DETECTION_BYTES);
    if (inner.failure !== undefined && inner.head.length === 0) throw inner.failure.error;
    await openPlain(name, inner.head, inner.stream, criteria, found);
  } catch (error) {
    found.warnings.push(problemOf(error, name));
  } finally {
    await chunks.return?.();
  }
}

function problemOf(error: unknown, name: string): Message {
  if (error instanceof BundleError) return error.problem;
  if (error instanceof HeapProfileError) return message(`heap.error.${error.code}`, { location: name, detail: error.message });
  return message('read.error.io', { path: name, detail: error instanceof Error ? error.message : String(error) });
}

async function openPlain(
  name: string,
  head: Uint8Array,
  stream: ByteStream,
  criteria: IncidentCriteria,
  found: Findings,
): Promise<void> {
  if (looksLikeBundle(head)) return openBundleFile(name, stream, criteria, found);
  const kind = documentKind(new TextDecoder().decode(head.subarray(0, 256)));
  if (kind === 'LabRun') return openRun(name, stream, criteria, found);
  if (kind === 'LabComparison') {
    found.comparisons.push({ source: name, comparison: labComparisonOf(await textOf(name, stream, found), name) });
    return;
  }
  if (kind !== undefined) {
    found.warnings.push(message('page.error.kind', { path: name, kind }));
    return;
  }
  if (detectHeapFormat(head) !== undefined) {
    const document = await readHeapDocument(stream, { retainedBoundBytes: RETAINED_BOUND_BYTES });
    found.heaps.push({ source: name, document });
    return;
  }
  const format = detectFormat(head);
  const command = READ_WITH[format];
  if (command !== undefined) {
    found.warnings.push(message('read.error.unsupported-format', { path: name, format, command }));
    return;
  }
  await openLog(name, format === 'binary', stream, found);
}

/** All of a stream; of a damaged one what comes before the damage. Throws a BundleError when there is more than `maxBytes`. */
async function bytesOf(
  name: string,
  stream: ByteStream,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly damage?: string }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let damage: string | undefined;
  try {
    for await (const piece of stream) {
      length += piece.length;
      if (length > maxBytes) throw new BundleError('too-large', name);
      pieces.push(piece);
    }
  } catch (error) {
    if (!(error instanceof HeapProfileError)) throw error;
    damage = error.message;
  }
  return { bytes: concat(pieces), ...(damage === undefined ? {} : { damage }) };
}

/** The text of a lab's file. Something may stand behind it, as behind any file that was compressed and written over. */
async function textOf(name: string, stream: ByteStream, found: Findings): Promise<string> {
  const { bytes, damage } = await bytesOf(name, stream, MOST_RUN_BYTES);
  if (damage !== undefined) found.warnings.push(message('read.damaged', { path: name, detail: damage }));
  return new TextDecoder().decode(bytes);
}

/** What comes before damage is read: a log that is being rotated ends anywhere. */
async function openLog(name: string, isBinary: boolean, stream: ByteStream, found: Findings): Promise<void> {
  const reports: OomReport[] = [];
  const keeper = new ExcerptKeeper(name);
  const parser = new KernelLogParser({
    source: name,
    onLine: (text, number) => keeper.line(text, number),
    onReport: (report) => {
      reports.push(report);
      const excerpt = keeper.excerptOf(report);
      if (excerpt !== undefined) found.excerpts.set(report, excerpt);
    },
  });
  let isPart = false;
  try {
    for await (const chunk of stream) parser.push(chunk);
  } catch (error) {
    isPart = true;
    const detail = error instanceof Error ? error.message : String(error);
    found.warnings.push(message('read.damaged', { path: name, detail }));
  }
  parser.end();
  found.reports.push(...reports.sort((a, b) => a.firstLine - b.firstLine));
  if (reports.length > 0) return;
  const where = nested(message('found.input', { first: name }));
  const key = isPart ? 'found.nothing-in-part' : isBinary ? 'found.nothing-in-binary' : 'found.nothing';
  found.warnings.push(message(key, { where }));
}

async function openBundleFile(name: string, stream: ByteStream, criteria: IncidentCriteria, found: Findings): Promise<void> {
  const { bytes: tar, ...damage } = await bytesOf(name, stream, USUAL_BOUNDS.maxBytes);
  const bundle = await openBundle({ tar, ...damage }, name);
  const log = bundle.files.get('kernel.log');
  const excerpts = log === undefined ? undefined : excerptsOf(log, `${name}!kernel.log`);
  takeVerdict(await bundleVerdict(bundle, name, criteria), excerpts, found);
  found.heaps.push(...(await heapsOf(bundle, name)));
}

async function openRun(name: string, stream: ByteStream, criteria: IncidentCriteria, found: Findings): Promise<void> {
  const run = labRunOf(await textOf(name, stream, found), name);
  const { kernelLog } = run.recording;
  const excerpts = kernelLog === undefined ? undefined : excerptsOf(new TextEncoder().encode(kernelLog), `${name}!kernel.log`);
  found.runs.push({ source: name, run });
  takeVerdict(recordingVerdict(run.recording, name, criteria), excerpts, found);
}

function takeVerdict(verdict: DocumentVerdict, excerpts: ReadonlyMap<number, Excerpt> | undefined, found: Findings): void {
  found.warnings.push(...verdict.warnings);
  if (verdict.kind === 'inspection') {
    found.inspections.push(verdict.inspection);
    return;
  }
  for (const diagnosis of verdict.diagnoses) {
    const excerpt = excerpts?.get(diagnosis.incident.report.firstLine);
    found.incidents.push({ diagnosis, ...(excerpt === undefined ? {} : { excerpt }) });
  }
}
