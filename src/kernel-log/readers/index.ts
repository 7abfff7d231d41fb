export { KmsgTail } from './kmsg-tail.js';
export { ReadError, type ReadErrorCode } from './read-error.js';
export type { LogInput, ReadSummary } from './read-logs.js';
export { type ReadReportsContext, type ReportsRead, readReports } from './read-reports.js';
export type { ReadContext, ReadProgress } from './reading.js';
