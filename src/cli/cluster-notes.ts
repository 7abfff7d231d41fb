import { type EvidenceGap, type Message, message, nested, seconds } from '../model/index.js';

/** Ages are in seconds, and an answer takes a while: less is no skew worth a word. */
export const SKEW_SECONDS = 5;

/** That a part of the evidence was not read, why, and what would let it be. */
export function gapMessages({ part, problem, rule, command }: EvidenceGap): Message[] {
  return [
    message('cluster.gap', { part: nested(message(`cluster.gap.part.${part}`)), problem: nested(problem) }),
    ...(rule === undefined || problem.key !== 'cluster.error.forbidden'
      ? []
      : [message('cluster.gap.rule', { verb: rule.verb, resource: rule.resource })]),
    ...(command === undefined ? [] : [message('cluster.gap.command', { command })]),
  ];
}

/** What to say about a clock that goes wrong; nothing about one that is right. */
export function skewNote(skewSeconds: number): Message[] {
  if (Math.abs(skewSeconds) < SKEW_SECONDS) return [];
  const direction = nested(message(skewSeconds > 0 ? 'cluster.clock.ahead' : 'cluster.clock.behind'));
  return [message('cluster.clock-skew', { skew: seconds(Math.abs(skewSeconds)), direction })];
}
