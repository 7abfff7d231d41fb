import type { DirtyThresholds, PredictedOutcome, PredictionInput } from '../../model/index.js';

/** How unwritten pages grow, without words. */
export interface BuildUp {
  readonly roomBytes: number;
  readonly outcome: PredictedOutcome;
  readonly standsAtBytes: number;
  /** Until the flusher begins: at the background threshold, or when the first pages are old. */
  readonly flusherSeconds: number;
  /** Unwritten at that moment. */
  readonly beforeFlusherBytes: number;
  readonly chargeAtLimitSeconds?: number;
  readonly unwrittenAtLimitSeconds?: number;
  /** The thresholds slow the writer to the speed of the disk. */
  readonly throttled: boolean;
}

/**
 * Growth in two straight lines: at the writer's rate until the flusher begins, and by what the disk does not take from then on.
 * Source: wb_over_bg_thresh() in mm/page-writeback.c, wb_check_old_data_flush() in fs/fs-writeback.c (6.18). Where the writer is
 * throttled, the amount settles at the setpoint half way from freerun to the threshold (wb_position_ratio(), page-writeback.c).
 */
export function buildUp(input: PredictionInput, thresholds: DirtyThresholds): BuildUp {
  const { writeBytesPerSecond: write, diskBytesPerSecond: disk, limitBytes, otherBytes, settings } = input;
  const { backgroundBytes, freerunBytes, throttleBytes } = thresholds;
  const roomBytes = limitBytes - otherBytes;
  if (write === 0) {
    return { roomBytes, outcome: 'below-limit', standsAtBytes: 0, flusherSeconds: 0, beforeFlusherBytes: 0, throttled: false };
  }
  const flusherSeconds = Math.min(backgroundBytes / write, settings.expireSeconds ?? Number.POSITIVE_INFINITY);
  const beforeFlusherBytes = write * flusherSeconds;
  const chargeAtLimitSeconds = roomBytes / write;
  const known = { roomBytes, flusherSeconds, beforeFlusherBytes, chargeAtLimitSeconds };
  // A flusher that begins after the room is full comes too late, even for a disk that keeps up.
  const full = beforeFlusherBytes >= roomBytes;
  if (write <= disk && !full) {
    return { ...known, outcome: 'below-limit', standsAtBytes: Math.round(beforeFlusherBytes), throttled: false };
  }
  if (roomBytes > throttleBytes) {
    const setpoint = Math.round((freerunBytes + throttleBytes) / 2);
    return { ...known, outcome: 'below-limit', standsAtBytes: setpoint, throttled: true };
  }
  const slowed = roomBytes > freerunBytes;
  return {
    ...known,
    outcome: slowed ? 'unsure' : 'limit',
    standsAtBytes: roomBytes,
    unwrittenAtLimitSeconds: full ? chargeAtLimitSeconds : flusherSeconds + (roomBytes - beforeFlusherBytes) / (write - disk),
    throttled: slowed,
  };
}
