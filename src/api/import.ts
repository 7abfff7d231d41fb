import type { ImportReport } from '../model/index.js';
import { apiVersion } from './index.js';

/** What an import did, in the form of the JSON API, schema/import-report.v1alpha1.json. */
export interface ImportReportItem extends ImportReport {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'ImportReport';
}

export function toImportReport(report: ImportReport): ImportReportItem {
  return { apiVersion, kind: 'ImportReport', ...report };
}
