/** Diagnosis to words and pictures. Pure: nothing here reads or writes, so it runs in a browser too. */
export { type GuardReportItem, toGuardReport } from './json/guard.js';
export { type DiagnosisList, type ReportList, toDiagnosisList, toReportList } from './json/index.js';
export { type LabComparisonItem, type LabRunItem, toLabComparison, toLabRun } from './json/lab.js';
export { type CgroupMemoryList, type InspectionItem, toCgroupMemoryList, toInspection } from './json/live.js';
export { printJson } from './json/print.js';
export { type Language, languages } from './language.js';
export { type MarkdownStyle, renderMarkdown } from './markdown/index.js';
export { type Catalogue, catalogue } from './messages/index.js';
export { type MessageStyle, renderMessage } from './messages/render.js';
export { renderGuard } from './terminal/guard.js';
export { renderReports, renderTerminal, type TerminalStyle } from './terminal/index.js';
export { renderInspection } from './terminal/inspection.js';
export { renderLabComparison, renderLabRun } from './terminal/lab.js';
export { type LiveLine, renderLabLive } from './terminal/lab-live.js';
export { renderTop } from './terminal/top.js';
export type { Inspection } from './view/inspection.js';
export { columnsFor, sortRows, type TopColumnId } from './view/top.js';
