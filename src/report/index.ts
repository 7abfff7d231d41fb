/** Diagnosis to words and pictures. Pure: nothing here reads or writes, so it runs in a browser too. */
export { type DiagnosisList, type ReportList, toDiagnosisList, toReportList } from './json/index.js';
export { type OomKillList, oomKillItem, toOomKillList } from './json/kills.js';
export { type CgroupMemoryList, type InspectionItem, toCgroupMemoryList, toInspection } from './json/live.js';
export { printJson, printYaml } from './json/print.js';
export { type Language, languages } from './language.js';
export { type MarkdownStyle, renderMarkdown } from './markdown/index.js';
export { type Catalogue, catalogue } from './messages/index.js';
export { type MessageStyle, renderMessage } from './messages/render.js';
export { renderReports, renderTerminal, type TerminalStyle } from './terminal/index.js';
export { renderInspection } from './terminal/inspection.js';
export { type KillListStyle, renderKills } from './terminal/kill-list.js';
export { renderTop } from './terminal/top.js';
export type { Inspection } from './view/inspection.js';
export { columnsFor, sortRows, type TopColumnId } from './view/top.js';
