import type { Language } from '../language.js';
import en from './en.json' with { type: 'json' };
import zhCN from './zh-CN.json' with { type: 'json' };

/** Sentences of one language by key. */
export type Catalogue = Readonly<Record<string, string>>;

/** The keys of the catalogues; checked by the compiler. */
export type LabelKey = keyof typeof en;

const catalogues: Readonly<Record<Language, Readonly<Record<LabelKey, string>>>> = { en, 'zh-CN': zhCN };

/**
 * Every sentence of a language, by key. Templates hold `{name}` for a value and `{name|one:kill|other:kills}` for a count with its
 * noun, by the plural categories of the language (Unicode CLDR).
 */
export function catalogue(lang: Language): Catalogue & Readonly<Record<LabelKey, string>> {
  return catalogues[lang];
}

/** What joins two sentences. */
export function sentenceGap(lang: Language): string {
  return catalogues[lang]['language.gap'];
}
