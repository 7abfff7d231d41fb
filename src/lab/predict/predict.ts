import {
  bytes,
  type DirtyThresholds,
  type LabPrediction,
  type Message,
  message,
  type PredictionInput,
  type PredictionStep,
  parseKernelVersion,
  seconds,
} from '../../model/index.js';
import { type BuildUp, buildUp } from './build-up.js';
import { consequenceOf, reclaimOf } from './consequence.js';
import { hasOwnDomain, thresholdsOf } from './thresholds.js';

const PAGE_WRITEBACK = 'mm/page-writeback.c';
/** Rates closer than this part of the larger decide nothing: no disk is as steady. */
const CLOSE_RATES = 0.2;
/** A room up to this part of where the writer is slowed is well clear of it. */
const CLEARLY_BELOW = 0.8;

/**
 * Predicts how dirty pages build up in a memory cgroup, each step of the arithmetic with its source. Throws a RangeError for
 * figures that are negative or no numbers, and for a limit that leaves no room.
 */
export function predict(input: PredictionInput): LabPrediction {
  check(input);
  const thresholds = thresholdsOf(input);
  const grown = buildUp(input, thresholds);
  const { roomBytes, outcome, standsAtBytes, chargeAtLimitSeconds, unwrittenAtLimitSeconds } = grown;
  return {
    input,
    thresholds,
    roomBytes,
    outcome,
    standsAtBytes,
    ...(chargeAtLimitSeconds === undefined ? {} : { chargeAtLimitSeconds }),
    ...(unwrittenAtLimitSeconds === undefined ? {} : { unwrittenAtLimitSeconds }),
    confidence: confidenceOf(input, thresholds, grown),
    steps: [...thresholdSteps(input, thresholds, grown), ...growthSteps(input, thresholds, grown), lastStep(thresholds, grown)],
    consequence: consequenceOf(input, grown),
    caveats: caveatsOf(input, grown),
  };
}

function check(input: PredictionInput): void {
  const { writeBytesPerSecond, diskBytesPerSecond, limitBytes, otherBytes, dirtyableBytes, settings } = input;
  const figures = [writeBytesPerSecond, diskBytesPerSecond, limitBytes, otherBytes, dirtyableBytes, ...Object.values(settings)];
  if (figures.some((figure) => !Number.isFinite(figure) || figure < 0)) {
    throw new RangeError('sizes, rates and settings are numbers, and not negative');
  }
  if (otherBytes >= limitBytes) throw new RangeError('the limit leaves no room for pages of files');
}

function thresholdSteps(input: PredictionInput, thresholds: DirtyThresholds, { roomBytes }: BuildUp): PredictionStep[] {
  const { limitBytes, otherBytes, cgroupVersion } = input;
  const background = bytes(thresholds.backgroundBytes);
  const throttle = bytes(thresholds.throttleBytes);
  const whose = hasOwnDomain(input) ? thresholds.domain : `v${cgroupVersion}-global`;
  return [
    {
      statement: message('lab.predict.room', { limit: bytes(limitBytes), other: bytes(otherBytes), room: bytes(roomBytes) }),
      source: 'mm/memcontrol.c, try_charge_memcg()',
    },
    {
      statement: message(`lab.predict.domain.${whose}`, { dirtyable: bytes(thresholds.dirtyableBytes) }),
      source: `${PAGE_WRITEBACK}, balance_dirty_pages()`,
    },
    {
      statement: message('lab.predict.thresholds', { background, throttle }),
      source: `${PAGE_WRITEBACK}, domain_dirty_limits()`,
    },
    {
      statement: message('lab.predict.freerun', { freerun: bytes(thresholds.freerunBytes), background, throttle }),
      source: `${PAGE_WRITEBACK}, dirty_freerun_ceiling()`,
    },
  ];
}

function growthSteps(input: PredictionInput, thresholds: DirtyThresholds, grown: BuildUp): PredictionStep[] {
  const { writeBytesPerSecond, diskBytesPerSecond } = input;
  const { roomBytes, chargeAtLimitSeconds, flusherSeconds, beforeFlusherBytes } = grown;
  if (chargeAtLimitSeconds === undefined) return [];
  const write = bytes(writeBytesPerSecond);
  const background = bytes(thresholds.backgroundBytes);
  const byAge = flusherSeconds === input.settings.expireSeconds;
  return [
    {
      statement: message('lab.predict.charge', { room: bytes(roomBytes), write, time: seconds(chargeAtLimitSeconds) }),
      source: 'mm/memcontrol.c, try_charge_memcg()',
    },
    {
      statement: byAge
        ? message('lab.predict.flusher-by-age', { time: seconds(flusherSeconds), amount: bytes(beforeFlusherBytes), background })
        : message('lab.predict.flusher', { time: seconds(flusherSeconds), background, write }),
      source: 'fs/fs-writeback.c, wb_check_background_flush(), wb_check_old_data_flush()',
    },
    {
      statement: message('lab.predict.growth', {
        write,
        disk: bytes(diskBytesPerSecond),
        growth: bytes(Math.max(0, writeBytesPerSecond - diskBytesPerSecond)),
      }),
      source: 'fs/fs-writeback.c, wb_writeback()',
    },
  ];
}

function lastStep({ freerunBytes, throttleBytes }: DirtyThresholds, grown: BuildUp): PredictionStep {
  const { outcome, throttled, standsAtBytes, roomBytes, unwrittenAtLimitSeconds = 0 } = grown;
  const [room, stands] = [bytes(roomBytes), bytes(standsAtBytes)];
  const [freerun, throttle] = [bytes(freerunBytes), bytes(throttleBytes)];
  const time = seconds(unwrittenAtLimitSeconds);
  const throttling = `${PAGE_WRITEBACK}, wb_position_ratio()`;
  switch (outcome) {
    case 'limit':
      return {
        statement: message('lab.predict.reaches.limit', { room, freerun, time }),
        source: 'mm/vmscan.c, shrink_folio_list()',
      };
    case 'unsure':
      return { statement: message('lab.predict.reaches.unsure', { room, freerun, throttle, time }), source: throttling };
    case 'below-limit':
      return throttled
        ? { statement: message('lab.predict.setpoint', { stands, freerun, throttle, room }), source: throttling }
        : { statement: message('lab.predict.stands', { stands, room }), source: 'fs/fs-writeback.c, wb_writeback()' };
  }
}

function confidenceOf(input: PredictionInput, { freerunBytes }: DirtyThresholds, grown: BuildUp): LabPrediction['confidence'] {
  const { writeBytesPerSecond: write, diskBytesPerSecond: disk, kernelRelease = '' } = input;
  const closeRates = Math.abs(write - disk) < CLOSE_RATES * Math.max(write, disk);
  const closeToSlowing = grown.outcome === 'limit' && grown.roomBytes > CLEARLY_BELOW * freerunBytes;
  if (grown.outcome === 'unsure' || closeRates || closeToSlowing) return 'possible';
  return parseKernelVersion(kernelRelease)?.vendorBackports === false ? 'likely' : 'plausible';
}

function caveatsOf(input: PredictionInput, { outcome }: BuildUp): Message[] {
  const { cgroupVersion, kernelRelease } = input;
  const vendor = kernelRelease !== undefined && parseKernelVersion(kernelRelease)?.vendorBackports === true;
  const unknownReclaim = outcome === 'limit' && cgroupVersion === 1 && reclaimOf(input) === 'unknown';
  return [
    message('lab.predict.coarse.steady'),
    message(hasOwnDomain(input) ? 'lab.predict.coarse.filesystem' : 'lab.predict.coarse.others'),
    ...(kernelRelease === undefined ? [message('lab.predict.coarse.no-kernel')] : []),
    ...(vendor ? [message('lab.predict.coarse.vendor', { release: kernelRelease })] : []),
    ...(unknownReclaim ? [message('lab.predict.coarse.reclaim')] : []),
  ];
}
