import type { GuardReport } from '../model/index.js';
import { apiVersion } from './index.js';

/** What a guard did, in the form of the JSON API. */
export interface GuardReportItem extends GuardReport {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'GuardReport';
}

export function toGuardReport(report: GuardReport): GuardReportItem {
  return { apiVersion, kind: 'GuardReport', ...report };
}
