import type { Diagnosis, Excerpt, Message } from '../model/index.js';
import type { Inspection } from '../render/view/inspection.js';
import type { HeapDocument } from '../sources/heap/document.js';
import type { LabComparisonFile, LabRunFile } from '../sources/recording/lab-files.js';

/** A diagnosis with the lines of the log that it cites, where they are known. */
export interface DiagnosedIncident {
  readonly diagnosis: Diagnosis;
  readonly excerpt?: Excerpt;
}

/** A heap profile, named as citations name it. */
export interface OpenedHeap {
  readonly source: string;
  readonly document: HeapDocument;
}

/** A run that the lab recorded. */
export interface OpenedRun {
  readonly source: string;
  readonly run: LabRunFile;
}

/** A comparison of the lab. */
export interface OpenedComparison {
  readonly source: string;
  readonly comparison: LabComparisonFile;
}

/** All that some files turned out to hold. */
export interface Opened {
  readonly incidents: readonly DiagnosedIncident[];
  /** States without a kill, of bundles and recordings. */
  readonly inspections: readonly Inspection[];
  readonly runs: readonly OpenedRun[];
  readonly comparisons: readonly OpenedComparison[];
  readonly heaps: readonly OpenedHeap[];
  /** What could not be read, was not found, or is worth knowing. */
  readonly warnings: readonly Message[];
}
