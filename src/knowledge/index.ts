export { knownIssues } from './issues/index.js';
export type { KernelRange } from './kernel-range.js';
export type { Affected, KnownIssue } from './known-issue.js';
export { matchKnownIssues } from './match.js';
export { knownIssueMessages } from './messages.js';
export { type SymptomFacts, symptomFacts } from './symptom-facts.js';
