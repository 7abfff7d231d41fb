import type { OomReport } from '../../src/model/index.js';

/** A report that tells nothing yet. */
export const report: OomReport = {
  source: 'kernel.log',
  firstLine: 1,
  lastLine: 100,
  scope: 'memcg',
  stack: [],
  counters: {},
  memcgStats: [],
  killed: [],
  followingKills: [],
  alreadyExiting: [],
  reaped: [],
  unableToReap: [],
  outcome: 'killed',
  pageSize: { bytes: 4096, how: 'assumed' },
  completeness: { present: [], missing: [], truncatedStart: false, truncatedEnd: false },
};
