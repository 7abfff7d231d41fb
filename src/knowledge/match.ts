import { type KnownIssueMatch, message, nested } from '../model/index.js';
import { knownIssues } from './issues/index.js';
import { mayAffect } from './kernel-range.js';
import { issueKey, type KnownIssue } from './known-issue.js';
import type { SymptomFacts } from './symptom-facts.js';

/** The known issues that may affect this kernel and whose symptoms are there. Empty is the usual answer. */
export function matchKnownIssues(facts: SymptomFacts): KnownIssueMatch[] {
  return knownIssues.filter((issue) => affects(issue, facts) && issue.symptoms(facts)).map((issue) => toMatch(issue, facts));
}

function affects(issue: KnownIssue, facts: SymptomFacts): boolean {
  const range = issue.affects.kernel;
  return range === undefined || mayAffect(range, facts.kernel, facts.kernelRelease);
}

function toMatch(issue: KnownIssue, facts: SymptomFacts): KnownIssueMatch {
  const why = nested(message(issueKey(issue.id, 'why')));
  const fits = nested(message(issueKey(issue.id, 'fits'), issue.seen(facts)));
  return {
    id: issue.id,
    title: message(issueKey(issue.id, 'title')),
    why: message('known-issue.explanation', { why, fits }),
    ...Object.fromEntries(issue.remedies.map((remedy) => [remedy, message(issueKey(issue.id, remedy))])),
    links: issue.links,
  };
}
