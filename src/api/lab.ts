import type { Diagnosis, LabComparison, LabRun, LabVariant, PredictionBeside } from '../model/index.js';
import { variantVerdicts } from '../render/view/lab.js';
import { apiVersion, type DiagnosisItem, diagnosisItem, type JsonStyle, type Statement, statement } from './index.js';
import { type PredictionBesideItem, predictionBesideItem } from './lab-prediction.js';

/** A run in the form of the JSON API, schema/lab-run.v1alpha1.json. */
export interface LabRunItem extends Omit<LabRun, 'warnings'> {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'LabRun';
  /** Of the first kill. */
  readonly diagnosis?: DiagnosisItem;
  /** Where the command wrote enough under a limit. */
  readonly predicted?: PredictionBesideItem;
  readonly warnings: readonly Statement[];
}

export function toLabRun(run: LabRun, diagnoses: readonly Diagnosis[], style: JsonStyle, beside?: PredictionBeside): LabRunItem {
  const [diagnosis] = diagnoses;
  return {
    apiVersion,
    kind: 'LabRun',
    ...run,
    ...(diagnosis === undefined ? {} : { diagnosis: diagnosisItem(diagnosis, style) }),
    ...(beside === undefined ? {} : { predicted: predictionBesideItem(beside, style) }),
    warnings: run.warnings.map((warning) => statement(warning, style)),
  };
}

/** A comparison in the form of the JSON API, schema/lab-comparison.v1alpha1.json. The runs come without their recordings. */
export interface LabComparisonItem extends Omit<LabComparison, 'warnings' | 'variants'> {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'LabComparison';
  readonly variants: readonly (Omit<LabVariant, 'runs'> & {
    readonly verdict: Statement;
    readonly runs: readonly Omit<LabRun, 'recording' | 'warnings'>[];
  })[];
  readonly warnings: readonly Statement[];
}

export function toLabComparison(comparison: LabComparison, style: JsonStyle): LabComparisonItem {
  const verdicts = variantVerdicts(comparison);
  return {
    apiVersion,
    kind: 'LabComparison',
    ...comparison,
    variants: comparison.variants.flatMap(({ runs, ...variant }, index) => {
      const verdict = verdicts[index];
      if (verdict === undefined) return [];
      const bare = runs.map(({ recording: _, warnings: __, ...run }) => run);
      return [{ ...variant, verdict: statement(verdict, style), runs: bare }];
    }),
    warnings: comparison.warnings.map((warning) => statement(warning, style)),
  };
}
