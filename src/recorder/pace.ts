/** The usual time between samples, near the limit, and when nothing moves. */
const USUAL_MS = 20;
const NEAR_LIMIT_MS = 5;
const QUIET_MS = 50;
/** Near: this part of the limit is charged, or will be before the sample after next. */
const NEAR_SHARE = 0.9;
/** Quiet: no figure has moved for this long. */
const QUIET_AFTER_MS = 2000;
/** The part of one core that sampling may use, unless that would make it blind. */
const MOST_OF_A_CORE = 0.05;
const BLIND_MS = 100;

/** What the next sample's time depends on. */
export interface Tempo {
  readonly limitBytes: number | undefined;
  readonly chargedBytes: number;
  /** Since the sample before; negative when memory was freed. */
  readonly growthBytesPerMs: number;
  /** How long nothing has moved. */
  readonly quietMs: number;
  /** CPU time of one sample, as it has been of late. */
  readonly costMs: number;
}

/**
 * Milliseconds until the next sample: 20, 5 near the limit, 50 when nothing moves, and not so few that sampling takes more than
 * 5 % of one core, but 100 at most.
 */
export function nextDelayMs({ limitBytes, chargedBytes, growthBytesPerMs, quietMs, costMs }: Tempo): number {
  const floor = Math.min(BLIND_MS, costMs / MOST_OF_A_CORE);
  if (quietMs >= QUIET_AFTER_MS) return Math.max(QUIET_MS, floor);
  const soon = chargedBytes + 2 * USUAL_MS * Math.max(0, growthBytesPerMs);
  const near = limitBytes !== undefined && soon >= NEAR_SHARE * limitBytes;
  return Math.max(near ? NEAR_LIMIT_MS : USUAL_MS, floor);
}
