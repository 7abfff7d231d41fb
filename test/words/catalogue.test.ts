import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { languageOfTag, languages } from '../../src/words/language.js';
import { catalogue } from '../../src/words/messages/index.js';

const ROOT = new URL('../../', import.meta.url);
const english = catalogue('en');

/** What joins two sentences, and what is said of a time that is not known. */
const EMPTY = ['language.gap', 'headline.when.unknown'];

/** `{name}` and `{name|one:kill|other:kills}`. */
const PLACEHOLDER = /\{([a-zA-Z][a-zA-Z0-9]*)((?:\|[a-z]+:[^{}|]*)*)\}/g;

function placeholders(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name]) => name ?? ''))].sort();
}

describe.each(languages)('the catalogue of %s', (lang) => {
  const words = Object.entries(catalogue(lang));

  it('has the keys of the English one, in its order', () => {
    expect(words.length).toBeGreaterThan(1000);
    expect(words.map(([key]) => key)).toEqual(Object.keys(english));
  });

  it('has the same placeholders, and nothing else in braces', () => {
    const shapes = words.map(([key, template]) => [
      key,
      placeholders(template),
      template.replace(PLACEHOLDER, '').match(/[{}]/g),
    ]);
    expect(shapes).toEqual(Object.entries(english).map(([key, template]) => [key, placeholders(template), null]));
  });

  it('has no empty sentence but for those meant so', () => {
    expect(words.filter(([key, text]) => text.trim() === '' && !EMPTY.includes(key))).toEqual([]);
  });

  it("forms a count's noun for every plural category of the language", () => {
    const { pluralCategories } = new Intl.PluralRules(lang).resolvedOptions();
    const forms = words.flatMap(([key, template]) =>
      Array.from(template.matchAll(PLACEHOLDER), ([, , list = '']) =>
        Array.from(list.matchAll(/\|([a-z]+):/g), ([, name]) => name),
      )
        .filter((names) => names.length > 0)
        .map((names) => [key, names.sort()]),
    );
    expect(forms).toEqual(forms.map(([key]) => [key, [...pluralCategories].sort()]));
  });

  it('has one line a sentence, as the page takes them', () => {
    expect(words.filter(([, text]) => text.includes('\n'))).toEqual([]);
  });

  it('does not say a count twice', () => {
    for (const [key, template] of words) expect(`${key}: ${template}`).not.toMatch(/\{(\w+)\} \{\1\|/);
  });
});

it('Chinese is written in Chinese, and English is not', () => {
  const han = /\p{Script=Han}/u;
  const chinese = Object.entries(catalogue('zh-CN')).filter(([key]) =>
    /^(?:known-issue|evidence|cause|advice|warning|heap\.verdict)\./.test(key),
  );
  expect(chinese.filter(([key, text]) => key !== 'known-issue.explanation' && !han.test(text))).toEqual([]);
  expect(Object.entries(english).filter(([, text]) => /[\u3000-\u9fff\uff00-\uffef]/.test(text))).toEqual([]);
});

it.each([
  ['zh_TW.UTF-8', 'zh-CN'],
  ['zh-Hans', 'zh-CN'],
  ['en', 'en'],
  ['EN_us@euro', 'en'],
  ['de_DE', undefined],
  ['', undefined],
])('the language of %s is %s', (tag, language) => {
  expect(languageOfTag(tag)).toBe(language);
});

describe('the code', () => {
  const { texts, beginnings, messages } = spokenIn(['src', 'web']);

  it('is read', () => {
    expect(messages.size).toBeGreaterThan(300);
    expect(beginnings.size).toBeGreaterThan(20);
  });

  it('says only what is in the catalogues', () => {
    expect([...messages].filter((key) => !Object.hasOwn(english, key))).toEqual([]);
  });

  it('computes only keys of which the catalogues have some', () => {
    const keys = Object.keys(english);
    const known = [...beginnings].filter((beginning) => keys.some((key) => key.startsWith(beginning.split('.')[0] ?? '')));
    expect(
      known.filter((beginning) => /^[a-z-]+\.[\w.-]*$/.test(beginning) && !keys.some((key) => key.startsWith(beginning))),
    ).toEqual([]);
  });

  it('says all that is in them', () => {
    const isSaid = (key: string): boolean => texts.has(key) || [...beginnings].some((beginning) => key.startsWith(beginning));
    expect(Object.keys(english).filter((key) => !isSaid(key))).toEqual([]);
  });
});

/** What the sources hold: every text, the beginnings of computed ones that look like a key's, and the keys given to `message()` and `say()`. */
function spokenIn(folders: readonly string[]): Readonly<Record<'texts' | 'beginnings' | 'messages', ReadonlySet<string>>> {
  const found = { texts: new Set<string>(), beginnings: new Set<string>(), messages: new Set<string>() };
  const listen = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.texts.add(node.text);
    if (ts.isTemplateExpression(node) && /^[a-z][\w-]*\.[\w.-]*$/.test(node.head.text)) found.beginnings.add(node.head.text);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^(?:message|say)$/.test(node.expression.text)) {
      const [key] = node.arguments;
      if (key !== undefined && ts.isStringLiteral(key)) found.messages.add(key.text);
    }
    ts.forEachChild(node, listen);
  };
  for (const folder of folders) {
    const url = new URL(`${folder}/`, ROOT);
    for (const name of readdirSync(url, { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name)) continue;
      listen(ts.createSourceFile(name, readFileSync(new URL(name, url), 'utf8'), ts.ScriptTarget.ESNext));
    }
  }
  return found;
}
