/** How dirty pages build up in a memory cgroup, by the kernel's own arithmetic. Nothing here needs Node. */
export { besideMeasured } from './observed.js';
export { predict } from './predict.js';
