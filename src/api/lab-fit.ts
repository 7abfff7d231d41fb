import type { FitAims, FitRecommendation, FitTrial, LabFit } from '../model/index.js';
import { fitPatch, fitVerdict } from '../render/view/lab-fit.js';
import { apiVersion, type JsonStyle, type Statement, statement } from './index.js';

/** A fit in the form of the JSON API, schema/lab-fit.v1alpha1.json. The runs come without their recordings. */
export interface LabFitItem extends Omit<LabFit, 'aims' | 'recommended' | 'container' | 'doubts' | 'runs' | 'warnings'>, FitAims {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'LabFit';
  readonly smallestLimitBytes?: number;
  readonly unhurriedLimitBytes?: number;
  /** With the strategic merge patch, as YAML. */
  readonly recommended?: FitRecommendation & { readonly patch: string };
  readonly verdict: readonly Statement[];
  readonly doubts: readonly Statement[];
  readonly runs: readonly Omit<FitTrial, 'recording' | 'warnings'>[];
  readonly warnings: readonly Statement[];
}

export function toLabFit(fit: LabFit, style: JsonStyle): LabFitItem {
  const { command, reset, aims, end, partial, smallest, unhurried, usualSeconds, allowedSeconds, recommended } = fit;
  const patch = fitPatch(fit);
  return {
    apiVersion,
    kind: 'LabFit',
    command,
    ...(reset === undefined ? {} : { reset }),
    ...aims,
    end,
    partial,
    ...(smallest === undefined ? {} : { smallestLimitBytes: smallest.limitBytes, smallest }),
    ...(unhurried === undefined ? {} : { unhurriedLimitBytes: unhurried.limitBytes, unhurried }),
    ...(usualSeconds === undefined ? {} : { usualSeconds }),
    ...(allowedSeconds === undefined ? {} : { allowedSeconds }),
    ...(recommended === undefined || patch === undefined ? {} : { recommended: { ...recommended, patch: `${patch}\n` } }),
    confidence: fit.confidence,
    verdict: fitVerdict(fit).map((text) => statement(text, style)),
    doubts: fit.doubts.map((doubt) => statement(doubt, style)),
    runs: fit.runs.map(({ recording: _, warnings: __, ...run }) => run),
    warnings: fit.warnings.map((warning) => statement(warning, style)),
  };
}
