import type { CauseRule } from '../rule.js';
import { allocationConstraint } from './allocation-constraint.js';
import { ancestorLimit } from './ancestor-limit.js';
import { anonMemory } from './anon-memory.js';
import { childProcessKilled } from './child-process-killed.js';
import { hugetlb } from './hugetlb.js';
import { kernelMemory } from './kernel-memory.js';
import { limitBelowBaseline } from './limit-below-baseline.js';
import { mlocked } from './mlocked.js';
import { nodeMemory } from './node-memory.js';
import { notOom } from './not-oom.js';
import { pageCacheWriteback } from './page-cache-writeback.js';
import { processCount } from './process-count.js';
import { swapExhausted } from './swap-exhausted.js';
import { tmpfs } from './tmpfs.js';

/** Every cause that a rule can find. `insufficient-evidence` is not among them: the engine answers it when none is sure. */
export const causeRules: readonly CauseRule[] = [
  anonMemory,
  pageCacheWriteback,
  tmpfs,
  kernelMemory,
  processCount,
  limitBelowBaseline,
  ancestorLimit,
  nodeMemory,
  hugetlb,
  mlocked,
  swapExhausted,
  allocationConstraint,
  childProcessKilled,
  notOom,
];
