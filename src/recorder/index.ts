/** Memory over time: samples one cgroup into a recording. */
export type { Company } from './company.js';
export { columnsOf, type Sample } from './sample.js';
export { CgroupSampler, type Sampled, type SamplerOptions } from './sampler.js';
