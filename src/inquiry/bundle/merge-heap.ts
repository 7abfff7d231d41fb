import type { Cause, CauseId, Citation, Diagnosis } from '../../model/index.js';
import type { Bundle } from '../../sources/bundle/open-bundle.js';
import { streamOf } from '../../sources/heap/byte-stream.js';
import { type HeapDocument, readHeapDocument } from '../../sources/heap/document.js';
import { HeapProfileError } from '../../sources/heap/errors.js';
import { heapFindings } from '../../sources/heap/heap-findings.js';

/** A heap profile of a bundle, named as citations name it. */
export interface BundledHeap {
  readonly source: string;
  readonly document: HeapDocument;
}

/** The heap profiles of a bundle; one that is damaged is passed over: the manifest's checksum has been held against it. */
export async function heapsOf({ files }: Bundle, bundleName: string): Promise<BundledHeap[]> {
  const heaps: BundledHeap[] = [];
  for (const [name, content] of files) {
    if (!name.startsWith('heap/')) continue;
    try {
      heaps.push({ source: `${bundleName}!${name}`, document: await readHeapDocument(streamOf(content)) });
    } catch (error) {
      if (!(error instanceof HeapProfileError)) throw error;
    }
  }
  return heaps;
}

/** Causes that a small heap speaks for: the memory is in no process. */
const OUTSIDE_THE_HEAP: ReadonlySet<CauseId> = new Set(['page-cache-writeback', 'tmpfs', 'kernel-memory']);

/**
 * Holds heap profiles against the charge at the kill: evidence for or against anonymous memory as the cause, and a heap that is
 * cleared for the likeliest cause outside it.
 */
export function mergeHeaps(diagnosis: Diagnosis, heaps: readonly BundledHeap[]): Diagnosis {
  const { accounting } = diagnosis;
  if (accounting === undefined || accounting.scope !== 'memcg' || heaps.length === 0) return diagnosis;
  const shares = {
    chargedBytes: accounting.chargedBytes,
    ...(accounting.processes === undefined ? {} : { rssBytes: accounting.processes.rssBytes }),
  };
  const citations = heaps.flatMap(({ source, document }): Citation[] => {
    const { verdict } = heapFindings({ source, document }, shares, {});
    return verdict === undefined ? [] : [{ statement: verdict, from: [{ source }] }];
  });
  const speaks = (part: RegExp): Citation[] => citations.filter(({ statement }) => part.test(statement.key));
  const blamed = speaks(/\.(?:dominates|part-of)-/);
  const cleared = speaks(/\.not-a-leak-/);
  const elsewhere = diagnosis.causes.find(({ id }) => OUTSIDE_THE_HEAP.has(id));
  const causes = diagnosis.causes.map((cause): Cause => {
    if (cause.id === 'anon-memory') {
      return { ...cause, because: [...cause.because, ...blamed], against: [...cause.against, ...cleared] };
    }
    return cause === elsewhere ? { ...cause, because: [...cause.because, ...cleared] } : cause;
  });
  return { ...diagnosis, causes };
}
