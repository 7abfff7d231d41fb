import { type Message, message, nested, seconds } from '../model/index.js';

/** Ages are in seconds, and an answer takes a while: less is no skew worth a word. */
export const SKEW_SECONDS = 5;

/** What to say about a clock that goes wrong; nothing about one that is right. */
export function skewNote(skewSeconds: number): Message[] {
  if (Math.abs(skewSeconds) < SKEW_SECONDS) return [];
  const direction = nested(message(skewSeconds > 0 ? 'cluster.clock.ahead' : 'cluster.clock.behind'));
  return [message('cluster.clock-skew', { skew: seconds(Math.abs(skewSeconds)), direction })];
}
