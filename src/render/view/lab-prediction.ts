import { bytes, type LabPrediction, type Message, type PredictionBeside, seconds } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { say } from './words.js';

/** The answer in one sentence. */
export function predictionVerdict({ outcome, unwrittenAtLimitSeconds = 0 }: LabPrediction): Message {
  if (outcome === 'below-limit') return say('lab.predict.verdict.below-limit');
  return say(`lab.predict.verdict.${outcome}`, { time: seconds(unwrittenAtLimitSeconds) });
}

/** What the prediction beside a run was made from. */
export function besideBasis({ measured }: PredictionBeside): Message {
  const write = bytes(measured.writeBytesPerSecond);
  return measured.diskBytesPerSecond === undefined
    ? say('lab.predict.beside.no-disk', { write })
    : say('lab.predict.beside.basis', { write, disk: bytes(measured.diskBytesPerSecond) });
}

/** A figure that was predicted, and the same as it was measured. */
export interface BesideRow {
  readonly label: LabelKey;
  readonly predicted: Message;
  readonly measured: Message;
}

export function besideRows({ prediction, measured }: PredictionBeside): readonly BesideRow[] {
  const time = (value: number | undefined): Message =>
    value === undefined ? say('lab.predict.beside.not-met') : say('value', { value: seconds(value) });
  const size = (value: number): Message => say('value', { value: bytes(value) });
  return [
    {
      label: 'lab.predict.beside.charge',
      predicted: time(prediction.chargeAtLimitSeconds),
      measured: time(measured.chargeAtLimitSeconds),
    },
    {
      label: 'lab.predict.beside.unwritten',
      predicted: size(prediction.standsAtBytes),
      measured: size(measured.unwrittenBytes),
    },
  ];
}
