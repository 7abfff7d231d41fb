import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderKnownIssuesPage } from '../../scripts/build-docs-known-issues.js';
import { knownIssues } from '../../src/knowledge/issues/index.js';
import { matchKnownIssues } from '../../src/knowledge/match.js';
import { knownIssueMessages } from '../../src/knowledge/messages.js';
import type { Message } from '../../src/model/index.js';
import { renderMessage } from '../../src/words/messages/render.js';
import { changed } from './firing-facts.js';

const LANGUAGES = ['en', 'zh-CN'] as const;

/** The names in `{name}` and `{name|one|many}`. */
const placeholders = (template: string): string[] =>
  [...template.matchAll(/\{(\w+)(?:\|[^{}]*)?\}/g)].map((match) => match[1] ?? '').sort();

describe('the data of known issues', () => {
  it('has unique kebab-case ids', () => {
    const ids = knownIssues.map((issue) => issue.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('links to public pages over https', () => {
    for (const issue of knownIssues) {
      expect(issue.links.length, issue.id).toBeGreaterThan(0);
      for (const link of issue.links) expect(new URL(link).protocol, link).toBe('https:');
    }
  });

  it('offers a fix or a workaround for every issue', () => {
    for (const issue of knownIssues) expect(issue.fix ?? issue.workaround, issue.id).toBeDefined();
  });

  it('names in the fix every release that it says has it', () => {
    for (const issue of knownIssues) {
      for (const release of issue.fixedIn ?? []) {
        const version = /\d+\.\d[\w.-]*|8u\d+|\d+$/.exec(release)?.[0] ?? release;
        for (const language of LANGUAGES) expect(issue.fix?.[language], `${issue.id}: ${release}`).toContain(version);
      }
    }
  });
});

describe('the messages of known issues', () => {
  it('have the same keys and placeholders in both languages', () => {
    expect(Object.keys(knownIssueMessages['zh-CN'])).toEqual(Object.keys(knownIssueMessages.en));
    for (const [key, english] of Object.entries(knownIssueMessages.en)) {
      expect(placeholders(knownIssueMessages['zh-CN'][key] ?? ''), key).toEqual(placeholders(english));
    }
  });

  it('are Chinese where they say so', () => {
    for (const [key, text] of Object.entries(knownIssueMessages['zh-CN'])) {
      if (key !== 'known-issue.explanation') expect(text, key).toMatch(/[\u4e00-\u9fff]/);
    }
    for (const [key, text] of Object.entries(knownIssueMessages.en))
      expect(text, key).not.toMatch(/[\u3000-\u9fff\uff00-\uffef]/);
  });

  for (const language of LANGUAGES) {
    it(`are rendered whole in ${language}`, () => {
      for (const { id } of knownIssues) {
        const match = matchKnownIssues(changed(id, {})).find((candidate) => candidate.id === id);
        const messages = [match?.title, match?.why, match?.fix, match?.workaround].filter(
          (text): text is Message => text !== undefined,
        );
        for (const text of messages) {
          const rendered = renderMessage(text, { lang: language, catalogues: knownIssueMessages });
          expect(rendered, id).not.toMatch(/[{}]|known-issue\.|undefined|NaN/);
        }
      }
    });
  }
});

describe('docs/known-issues.md', () => {
  it('says what the data says', () => {
    const page = readFileSync(new URL('../../docs/known-issues.md', import.meta.url), 'utf8');
    expect(page).toBe(renderKnownIssuesPage());
  });
});
