/** Commands in real memory cgroups: run one, compare several. */

export { type CompareContext, type CompareRequest, compareVariants } from './compare/compare.js';
export { commandOf, parseVariant, qemuCacheModes, type Variant } from './compare/variants.js';
export { LabError, type LabErrorCode } from './error.js';
export { type FitContext, type FitRequest, fitLimits } from './fit/fit.js';
export type { RunRequest } from './run/request.js';
export { type RunContext, runInCgroup } from './run/run-in-cgroup.js';
