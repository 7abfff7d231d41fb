import type { LabComparison, LabRun, Spread } from '../../model/index.js';
import { BundleError } from '../bundle/error.js';
import { isNumber, isOptional, isText } from '../bundle/live-facts.js';
import { isRecord, parseJson } from '../bundle/manifest.js';
import { isRecording } from './recording.js';

/** A run as its file has it: the sentences about it are left out. */
export type LabRunFile = Omit<LabRun, 'warnings'>;

/** A comparison as its file has it: the runs come without their recordings. */
export interface LabComparisonFile extends Omit<LabComparison, 'variants' | 'warnings'> {
  readonly variants: readonly LabVariantFile[];
}

type LabVariantFile = Omit<LabComparison['variants'][number], 'runs'> & {
  readonly runs: readonly Omit<LabRun, 'recording' | 'warnings'>[];
};

/** The run in the text of its file. What it says is checked, not believed. Throws a BundleError. */
export function labRunOf(text: string, path: string): LabRunFile {
  const value = parseJson(text);
  if (!isRecord(value) || !isRun(value) || !isRecording(value.recording)) throw new BundleError('recording', path);
  return value as unknown as LabRunFile;
}

/** The comparison in the text of its file, checked as well. Throws a BundleError. */
export function labComparisonOf(text: string, path: string): LabComparisonFile {
  const value = parseJson(text);
  if (!isRecord(value) || !isComparison(value)) throw new BundleError('comparison', path);
  return value as unknown as LabComparisonFile;
}

const RUN_NUMBERS = ['exitCode', 'oomKills', 'wallSeconds', 'limitHits', 'strays'] as const;
const RUN_OPTIONAL_NUMBERS = ['limitBytes', 'ancestorLimitBytes', 'reclaimFailures', 'stalledSeconds', 'writtenBytes'] as const;

function isRun(run: Readonly<Record<string, unknown>>): boolean {
  return (
    isTexts(run.command) &&
    isText(run.endedBy) &&
    isOptional(run.signal, isText) &&
    isOptional(run.notStarted, (reason) => isRecord(reason) && isText(reason.code)) &&
    typeof run.oomKilled === 'boolean' &&
    RUN_NUMBERS.every((name) => isNumber(run[name])) &&
    RUN_OPTIONAL_NUMBERS.every((name) => isOptional(run[name], isNumber)) &&
    isNumbers(run.peak) &&
    isNumber(run.peak.chargedBytes) &&
    isNumber(run.peak.unreclaimableBytes) &&
    isNumbers(run.sampling)
  );
}

function isComparison(comparison: Readonly<Record<string, unknown>>): boolean {
  const { variants, limitBytes, rounds } = comparison;
  return isNumber(rounds) && isOptional(limitBytes, isNumber) && Array.isArray(variants) && variants.every(isVariant);
}

function isVariant(variant: unknown): boolean {
  return (
    isRecord(variant) &&
    isText(variant.name) &&
    isTexts(variant.command) &&
    [variant.succeeded, variant.withOomKills].every(isNumber) &&
    [variant.wallSeconds, variant.limitHits].every(isSpread) &&
    isRecord(variant.peak) &&
    Object.values(variant.peak).every(isSpread) &&
    Array.isArray(variant.runs) &&
    variant.runs.every((run) => isRecord(run) && isRun(run))
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every(isNumber);
}

function isSpread(value: unknown): value is Spread {
  return isNumbers(value) && [value.median, value.min, value.max].every(isNumber);
}
