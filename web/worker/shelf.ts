import { withoutCopies } from '../../src/inquiry/copies.js';
import { type FileToOpen, openFiles } from '../../src/inquiry/open-files.js';
import type { DiagnosedIncident, Opened, OpenedHeap } from '../../src/inquiry/opened.js';
import { type PageEvidence, parsePageEvidence, type ServedFile } from '../../src/inquiry/page.js';
import type { IncidentCriteria } from '../../src/inquiry/select-incidents.js';
import { message } from '../../src/model/index.js';
import { streamOf } from '../../src/sources/heap/byte-stream.js';
import { flameTree } from '../../src/sources/heap/flame-tree.js';
import { heapFindings } from '../../src/sources/heap/heap-findings.js';
import type { Answers, Asked, HeapQuestion, HeapView, OpenedSummary, Question, Told } from './protocol.js';
import { summaries } from './summary.js';

/** Incidents told at once: receiving them takes the page a few milliseconds. */
const PORTION = 200;
/** Between two steps of the progress bar. */
const PROGRESS_BYTES = 4 << 20;
/** Rows of a heap's table. */
const MOST_ROWS = 500;

/** Holds what was opened and answers questions about it. It runs in a worker, so that no file of any size stops the page. */
export class Shelf {
  readonly #tell: (told: Told) => void;
  #opened: Opened = nothing();
  #came: Pick<PageEvidence, 'lang' | 'sentences'> | undefined;

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
  }

  async ask(asked: Asked): Promise<void> {
    const { id } = asked;
    try {
      this.#tell({ kind: 'answer', id, answer: await this.#answer(asked) });
    } catch (error) {
      this.#tell({ kind: 'failed', id, detail: error instanceof Error ? error.message : String(error) });
    }
  }

  async #answer(question: Question): Promise<Answers[keyof Answers]> {
    switch (question.kind) {
      case 'open-files':
        this.#forgetFailures();
        return this.#open(question.files.map((file) => this.#fileToOpen(file)));
      case 'open-text':
        this.#forgetFailures();
        return this.#open([{ name: question.name, bytes: streamOf(new TextEncoder().encode(question.text)) }]);
      case 'open-evidence':
        return this.#openEvidence(question.text, question.base);
      case 'clear':
        this.#opened = nothing();
        return this.#summary();
      case 'incident':
        return this.#incident(question.index);
      case 'heap':
        return this.#heap(question);
    }
  }

  async #open(files: readonly FileToOpen[], criteria: IncidentCriteria = {}): Promise<OpenedSummary> {
    this.#take(await openFiles(files, criteria));
    return this.#summary();
  }

  /** What is said of files in which nothing was found is no matter once others are opened. */
  #forgetFailures(): void {
    const { incidents, inspections, runs, comparisons, heaps } = this.#opened;
    if ([incidents, inspections, runs, comparisons, heaps].every(({ length }) => length === 0)) this.#opened = nothing();
  }

  async #openEvidence(text: string, base: string): Promise<OpenedSummary> {
    const { lang, incidents, files, criteria, warnings, sentences } = parsePageEvidence(text);
    this.#came = { lang, sentences };
    this.#take({ ...nothing(), incidents, warnings });
    const toOpen = files.map((file): FileToOpen => {
      const bytes = 'base64' in file ? streamOf(bytesOf(file.base64)) : this.#served(file, base);
      return { name: file.name, bytes };
    });
    return this.#open(toOpen, criteria);
  }

  #take(more: Opened): void {
    const had = this.#opened;
    const all = new Map([...had.incidents, ...more.incidents].map((entry) => [entry.diagnosis.incident, entry]));
    // A kill may stand in a bundle, in a recording and in the log beside them.
    const { incidents, copies } = withoutCopies([...all.keys()]);
    this.#opened = {
      incidents: incidents.flatMap((incident) => all.get(incident) ?? []),
      inspections: [...had.inspections, ...more.inspections],
      runs: [...had.runs, ...more.runs],
      comparisons: [...had.comparisons, ...more.comparisons],
      heaps: [...had.heaps, ...more.heaps],
      warnings: [...had.warnings, ...more.warnings, ...(copies > 0 ? [message('found.copies', { count: copies })] : [])],
    };
  }

  #summary(): OpenedSummary {
    const { incidents, inspections, runs, comparisons, heaps, warnings } = this.#opened;
    const all = summaries(incidents);
    for (let at = 0; at < all.length; at += PORTION) {
      this.#tell({ kind: 'incidents', portion: all.slice(at, at + PORTION) });
    }
    return {
      incidents: all.length,
      inspections,
      runs,
      comparisons,
      heaps: heaps.map(heapSummary),
      warnings,
      ...this.#came,
    };
  }

  #incident(index: number): DiagnosedIncident {
    const incident = this.#opened.incidents[index];
    if (incident === undefined) throw new Error(`no incident ${index}`);
    return incident;
  }

  #heap({ index, sampleType, sort }: HeapQuestion): HeapView {
    const heap = this.#opened.heaps[index];
    if (heap === undefined) throw new Error(`no heap profile ${index}`);
    const choice = {
      count: MOST_ROWS,
      ...(sampleType === undefined ? {} : { sampleType }),
      ...(sort === undefined ? {} : { sort }),
    };
    const findings = heapFindings(heap, {}, choice);
    const { contents } = findings;
    if (heap.document.format !== 'pprof' || contents.format !== 'pprof') {
      return { findings: { ...findings, contents: withoutBulk(contents) }, sampleTypes: [] };
    }
    const { profile } = heap.document;
    return {
      findings,
      sampleTypes: profile.sampleTypes.map(({ type }) => type),
      flame: flameTree(profile, contents.top.sampleType.type),
    };
  }

  #fileToOpen(file: File): FileToOpen {
    return { name: file.name, bytes: this.#counted(file.name, file.size, file.stream()) };
  }

  /** The bytes of a file that the page's own server has. */
  async *#served({ name, url, sizeBytes }: ServedFile, base: string): AsyncGenerator<Uint8Array> {
    const response = await fetch(new URL(url, base));
    if (!response.ok || response.body === null) throw new Error(`${response.status} ${response.statusText}`);
    yield* this.#counted(name, sizeBytes, response.body);
  }

  /** The bytes of a file as they are read, the progress told on the way. */
  async *#counted(name: string, size: number, stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    const reader = stream.getReader();
    let read = 0;
    let told = 0;
    this.#tell({ kind: 'progress', name, share: 0 });
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        read += value.length;
        if (read - told >= PROGRESS_BYTES) {
          told = read;
          this.#tell({ kind: 'progress', name, share: Math.min(1, read / Math.max(1, size)) });
        }
        yield value;
      }
      this.#tell({ kind: 'progress', name, share: 1 });
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }
}

function nothing(): Opened {
  return { incidents: [], inspections: [], runs: [], comparisons: [], heaps: [], warnings: [] };
}

function heapSummary(heap: OpenedHeap, index: number): OpenedSummary['heaps'][number] {
  const { inuseBytes } = heapFindings(heap, {}, { count: 1 });
  return { index, source: heap.source, ...(inuseBytes === undefined ? {} : { inuseBytes }) };
}

/** A snapshot's classes may be many, and those to show are chosen already. */
function withoutBulk(contents: HeapView['findings']['contents']): HeapView['findings']['contents'] {
  if (contents.format !== 'v8-snapshot') return contents;
  return { ...contents, snapshot: { ...contents.snapshot, classes: [] } };
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  return Uint8Array.from({ length: binary.length }, (_, at) => binary.charCodeAt(at));
}
