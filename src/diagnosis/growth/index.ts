/** How a container's memory went before a kill, judged from a timeline. */
export { judgeGrowth, killTime } from './judge.js';
export { median, percentile } from './statistics.js';
