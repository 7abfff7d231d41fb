import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderKnownIssuesPage } from '../../scripts/build-docs-known-issues.js';
import { knownIssues } from '../../src/knowledge/issues/index.js';
import { issueKey } from '../../src/knowledge/known-issue.js';
import { matchKnownIssues } from '../../src/knowledge/match.js';
import type { Message } from '../../src/model/index.js';
import { languages } from '../../src/words/language.js';
import { catalogue } from '../../src/words/messages/index.js';
import { renderMessage } from '../../src/words/messages/render.js';
import { changed } from './firing-facts.js';

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
    for (const issue of knownIssues) expect(issue.remedies, issue.id).not.toEqual([]);
  });

  it('names in the fix every release that it says has it', () => {
    for (const issue of knownIssues) {
      for (const release of issue.fixedIn ?? []) {
        const version = /\d+\.\d[\w.-]*|8u\d+|\d+$/.exec(release)?.[0] ?? release;
        for (const language of languages)
          expect(catalogue(language)[issueKey(issue.id, 'fix')], `${issue.id}: ${release}`).toContain(version);
      }
    }
  });
});

describe('the messages of known issues', () => {
  it('are all there, and no others', () => {
    const wanted = knownIssues.flatMap(({ id, remedies }) =>
      (['title', 'why', 'fits', ...remedies] as const).map((text) => issueKey(id, text)),
    );
    const written = Object.keys(catalogue('en')).filter((key) => /^known-issue\.[\w-]+\.\w+$/.test(key));
    expect(written.sort()).toEqual(wanted.sort());
  });

  for (const language of languages) {
    it(`are rendered whole in ${language}`, () => {
      for (const { id } of knownIssues) {
        const match = matchKnownIssues(changed(id, {})).find((candidate) => candidate.id === id);
        const messages = [match?.title, match?.why, match?.fix, match?.workaround].filter(
          (text): text is Message => text !== undefined,
        );
        for (const text of messages) {
          const rendered = renderMessage(text, { lang: language });
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
