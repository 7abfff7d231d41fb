import type { LabPrediction, PredictionBeside } from '../model/index.js';
import { predictionVerdict } from '../render/view/lab-prediction.js';
import { apiVersion, type JsonStyle, type Statement, statement } from './index.js';

/** A prediction in the form of the JSON API, schema/lab-prediction.v1alpha1.json. */
export interface LabPredictionItem extends Omit<LabPrediction, 'steps' | 'consequence' | 'caveats'> {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'LabPrediction';
  readonly verdict: Statement;
  readonly steps: readonly (Statement & { readonly source: string })[];
  readonly consequence: Statement;
  readonly caveats: readonly Statement[];
}

export function toLabPrediction(prediction: LabPrediction, style: JsonStyle): LabPredictionItem {
  return {
    apiVersion,
    kind: 'LabPrediction',
    ...prediction,
    verdict: statement(predictionVerdict(prediction), style),
    steps: prediction.steps.map((step) => ({ ...statement(step.statement, style), source: step.source })),
    consequence: statement(prediction.consequence, style),
    caveats: prediction.caveats.map((caveat) => statement(caveat, style)),
  };
}

/** Predicted beside measured, as a property of a run. */
export interface PredictionBesideItem extends Omit<PredictionBeside, 'prediction'> {
  readonly prediction: LabPredictionItem;
}

export function predictionBesideItem({ prediction, measured }: PredictionBeside, style: JsonStyle): PredictionBesideItem {
  return { prediction: toLabPrediction(prediction, style), measured };
}
