import { knownIssues } from './issues/index.js';
import type { KnownIssue, LocalizedText } from './known-issue.js';

type Language = keyof LocalizedText;

/** The texts of an issue that become messages. */
const TEXTS = ['title', 'why', 'fits', 'fix', 'workaround'] as const satisfies readonly (keyof KnownIssue)[];
type IssueText = (typeof TEXTS)[number];

/** Puts the explanation of an issue and what fits in this report one after the other. Chinese sets no space between sentences. */
export const EXPLANATION_KEY = 'known-issue.explanation';
const EXPLANATION: LocalizedText = { en: '{why} {fits}', 'zh-CN': '{why}{fits}' };

/** The message key of one text of an issue. */
export function issueKey(id: string, text: IssueText): string {
  return `known-issue.${id}.${text}`;
}

function catalogueOf(language: Language): Readonly<Record<string, string>> {
  const entries: [key: string, text: string][] = [[EXPLANATION_KEY, EXPLANATION[language]]];
  for (const issue of knownIssues) {
    for (const name of TEXTS) {
      const text = issue[name];
      if (text !== undefined) entries.push([issueKey(issue.id, name), text[language]]);
    }
  }
  return Object.fromEntries(entries);
}

/** The sentences of all known issues by message key, for the report's catalogues. */
export const knownIssueMessages: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: catalogueOf('en'),
  'zh-CN': catalogueOf('zh-CN'),
};
