/** Keeps what commands leave in the page cache under a bound. */
export { GuardError, type GuardErrorCode } from './error.js';
export { type CommandReport, type GuardCommandOptions, guardCommand } from './guard-command.js';
export { type GuardRunningOptions, guardCgroup, guardProcesses } from './guard-running.js';
