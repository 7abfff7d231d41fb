/** Commands in real memory cgroups: run one, compare several. */
export { LabError, type LabErrorCode } from './error.js';
export { type RunContext, type RunRequest, runInCgroup } from './run/run-in-cgroup.js';
