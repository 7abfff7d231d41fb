import type { GuardHold } from '../model/index.js';
import type { FileFigures } from './figures.js';
import type { Situation, Step } from './policy.js';

/**
 * Holds writers back by an account the kernel keeps of them. It stops no process and sends no signal: what stops one (SIGSTOP, the
 * freezers) ends the calls it is in, and a read that was to fill a buffer, or a wait, then returns early (signal(7)).
 */
export interface Hold {
  readonly kind: GuardHold;
  /** Whether to hold now, and when to look again. */
  step(situation: Situation): Step;
  /** Holds, or goes on to: to be called at each look meanwhile. False when nothing could be held. */
  hold(figures: FileFigures): boolean;
  free(): void;
}
