import { describe, expect, it } from 'vitest';
import { type GlossaryEntry, topics } from '../../../src/words/glossary/entry.js';
import { findTerm } from '../../../src/words/glossary/find.js';
import { spellingKey } from '../../../src/words/glossary/spelling.js';
import { listTerms } from '../../../src/words/glossary/topics.js';
import { languages } from '../../../src/words/language.js';
import words from '../../fixtures/glossary/words-of-real-reports.json' with { type: 'json' };

const terms = listTerms();

/** Runs a check over all entries and names those that fail it. */
function failing(holds: (entry: GlossaryEntry) => boolean): string[] {
  return terms.filter((entry) => !holds(entry)).map(({ term }) => term);
}

describe('every entry', () => {
  it('is explained in every language: one sentence, then two to five', () => {
    for (const lang of languages) {
      expect(failing((entry) => entry[lang].short.length >= (lang === 'en' ? 20 : 6))).toEqual([]);
      expect(failing((entry) => entry[lang].long.length >= 2 && entry[lang].long.length <= 5)).toEqual([]);
    }
  });

  it('ends its sentences: with a full stop in English, with 。 in Chinese', () => {
    const sentences = (entry: GlossaryEntry, lang: (typeof languages)[number]) => [entry[lang].short, ...entry[lang].long];
    expect(failing((entry) => sentences(entry, 'en').every((sentence) => /^[^\s].*\.$/.test(sentence)))).toEqual([]);
    expect(failing((entry) => sentences(entry, 'zh-CN').every((sentence) => /^[^\s].*。$/.test(sentence)))).toEqual([]);
  });

  it('is Chinese in zh-CN and not in English', () => {
    const han = /\p{Script=Han}/u;
    expect(failing((entry) => [entry['zh-CN'].short, ...entry['zh-CN'].long].every((sentence) => han.test(sentence)))).toEqual(
      [],
    );
    expect(failing((entry) => ![entry.en.short, ...entry.en.long].some((sentence) => han.test(sentence)))).toEqual([]);
  });

  it('keeps Chinese punctuation apart from Latin: no comma, semicolon or bracket of the other script after a Han character', () => {
    const mixed = /\p{Script=Han}[,;:?!()]/u;
    expect(failing((entry) => ![entry['zh-CN'].short, ...entry['zh-CN'].long].some((sentence) => mixed.test(sentence)))).toEqual(
      [],
    );
  });

  it('says where its facts come from', () => {
    expect(failing((entry) => entry.sources.length > 0 && entry.sources.every((source) => /\d|docs/.test(source)))).toEqual([]);
  });

  it('refers to terms that exist, and not to itself', () => {
    const known = new Set(terms.map(({ term }) => term));
    const dangling = terms.flatMap((entry) => entry.seeAlso.filter((other) => !known.has(other) || other === entry.term));
    expect(dangling).toEqual([]);
    expect(failing((entry) => entry.seeAlso.length > 0)).toEqual([]);
  });

  it('has names of its own: no spelling leads to two terms', () => {
    const namesOf = new Map<string, string[]>();
    for (const { term, aliases } of terms) {
      for (const name of [term, ...aliases]) namesOf.set(spellingKey(name), [...(namesOf.get(spellingKey(name)) ?? []), name]);
    }
    const shared = [...namesOf.values()].filter((names) => names.length > 1);
    // A counter and a line of the report: findTerm keeps them apart as they are written.
    expect(shared).toEqual([['oom_kill', 'oom-kill']]);
  });

  it('is found by its term and by each of its aliases', () => {
    expect(failing((entry) => [entry.term, ...entry.aliases].every((name) => findTerm(name).exact === entry))).toEqual([]);
  });
});

describe('the list', () => {
  it('has entries for every topic, in the order of the topics', () => {
    expect([...new Set(terms.map(({ topic }) => topic))]).toEqual([...topics]);
  });
});

describe('words of real reports', () => {
  const { about: _, ...places } = words;
  for (const [place, names] of Object.entries(places)) {
    it(`explains all ${names.length} of ${place}`, () => {
      expect(names.length).toBeGreaterThan(3);
      expect(names.filter((name) => findTerm(name).exact === undefined)).toEqual([]);
    });
  }
});
