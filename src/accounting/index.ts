import type { Accounting, OomReport } from '../model/index.js';
import { accountMemcg } from './memcg.js';
import { accountNode } from './node.js';

/**
 * Closes the sum over every byte charged at the kill: `chargedBytes` equals the sum of the five lines anon, file, shmem,
 * kernel and unexplained. Undefined when the report does not even tell what was charged.
 */
export function account(report: OomReport): Accounting | undefined {
  if (report.scope === 'node') return accountNode(report);
  return accountMemcg(report);
}

export { swapRoom, type Unreclaimable, unreclaimable } from './headroom.js';
export { type Curve, curveOf, kernelOf, type Need, needOf, pendingOf, shmemOf } from './history.js';
export { accountPod } from './pod.js';
export { type Statistics, statistics } from './statistics.js';
export { processesOf } from './tasks.js';
