import { type EvidenceGap, type Message, message, nested } from '../../model/index.js';

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
