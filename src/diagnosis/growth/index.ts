/** How a container's memory went before a kill, judged from a timeline. */
export { judgeGrowth, killTime } from './judge.js';
export { percentile } from './statistics.js';
