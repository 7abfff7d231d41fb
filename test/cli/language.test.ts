import { describe, expect, it } from 'vitest';
import { languageOf, parseLanguage } from '../../src/cli/language.js';

describe('languageOf', () => {
  it.each([
    [{}, 'en'],
    [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
    [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' }, 'zh-CN'],
    [{ LANG: 'zh_CN', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'zh_CN', LC_ALL: '' }, 'zh-CN'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
  ])('%j is %s', (env, language) => {
    expect(languageOf(env)).toBe(language);
  });
});

describe('parseLanguage', () => {
  it.each([
    ['en', 'en'],
    ['zh-CN', 'zh-CN'],
    ['zh', 'zh-CN'],
    ['zh_CN.UTF-8', 'zh-CN'],
    ['en-GB', 'en'],
  ])('%s is %s', (value, language) => {
    expect(parseLanguage(value)).toBe(language);
  });

  it.each(['', 'fr', 'english'])('refuses %j', (value) => {
    expect(() => parseLanguage(value)).toThrow(/en, zh-CN/);
  });
});
