import { describe, expect, test } from 'vitest';
import { bytes, message, nested, ratio, seconds } from '../../src/model/index.js';
import { type Catalogue, catalogue, renderMessage } from '../../src/render/index.js';

const templates: Catalogue = {
  plain: 'a sentence',
  value: 'of {value}',
  plural: '{count|one:process|other:processes} and {other}',
  around: '[{inner}]',
  quoted: 'see `{path}`, *not* {path}',
  'bad.__proto__': 'x',
};
const style = {
  lang: 'en',
  catalogues: { en: templates, 'zh-CN': { value: '共 {value}', plural: '{count} 个进程和 {other}' } },
} as const;

describe('renderMessage', () => {
  test.each([
    [bytes(585936 * 1024), 'of 572.2 MiB'],
    [ratio(0.8896), 'of 89 %'],
    [seconds(580237), 'of 6 d 17 h'],
    [nested(message('plain')), 'of a sentence'],
    ['qemu-img', 'of qemu-img'],
    [75129, 'of 75,129'],
  ])('shows %o', (value, shown) => {
    expect(renderMessage(message('value', { value }), style)).toBe(shown);
  });

  test('shows bytes exactly on request', () => {
    expect(renderMessage(message('value', { value: bytes(585936 * 1024) }), { ...style, bytes: 'exact' })).toBe('of 585936 KiB');
  });

  test('gives the noun its number', () => {
    const plural = (count: number): string => renderMessage(message('plural', { count, other: 'x' }), style);
    expect([plural(0), plural(1), plural(2), plural(1000)]).toEqual([
      '0 processes and x',
      '1 process and x',
      '2 processes and x',
      '1,000 processes and x',
    ]);
    expect(renderMessage(message('plural', { count: 2, other: 'x' }), { ...style, lang: 'zh-CN' })).toBe('2 个进程和 x');
  });

  test('takes the form `other` where the category of a count has none', () => {
    const catalogues = { en: { few: '{count|few:kille|other:kills}' } };
    expect(renderMessage(message('few', { count: 1 }), { lang: 'en', catalogues })).toBe('1 kills');
  });

  test('speaks the language asked for, and English where that has no words', () => {
    expect(renderMessage(message('value', { value: ratio(0.5) }), { ...style, lang: 'zh-CN' })).toBe('共 50%');
    expect(renderMessage(message('plain'), { ...style, lang: 'zh-CN' })).toBe('a sentence');
  });

  test('knows the words of known issues', () => {
    const keys = Object.keys(catalogue('en')).filter((key) => key.startsWith('known-issue.') && key.endsWith('.title'));
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) expect(renderMessage(message(key), { lang: 'zh-CN' })).not.toBe(key);
  });

  test('never fails: an unknown key and a missing value are shown', () => {
    expect(renderMessage(message('cause.unheard-of.title', { comm: 'x' }), style)).toBe('cause.unheard-of.title');
    expect(renderMessage(message('constructor'), style)).toBe('constructor');
    expect(renderMessage(message('__proto__'), style)).toBe('__proto__');
    expect(renderMessage(message('value'), style)).toBe('of {value}');
    expect(renderMessage(message('around', { inner: nested(message('no\u001bkey')) }), style)).toBe('[no\\x1bkey]');
  });

  test('does not take a value for a template', () => {
    expect(renderMessage(message('around', { inner: '{inner} $& $1' }), style)).toBe('[{inner} $& $1]');
  });

  test('marks up values and words apart, and knows a value that the template quotes', () => {
    const markup = {
      value: (text: string, quoted: boolean) => (quoted ? `q:${text}` : `v:${text}`),
      words: (text: string) => text.replaceAll('*', '!'),
    };
    expect(renderMessage(message('quoted', { path: '/a' }), { ...style, markup })).toBe('see `q:/a`, !not! v:/a');
  });
});
