import { knownIssueMessages } from '../../knowledge/messages.js';
import { heapMessages } from '../../sources/heap/messages.js';
import type { Language } from '../language.js';
import { english } from './en/index.js';
import { chinese } from './zh-CN/index.js';

/** Sentences of one language by key. */
export type Catalogue = Readonly<Record<string, string>>;

/** The keys of the report's own catalogues; checked by the compiler. */
export type LabelKey = keyof typeof english;

/** Known issues and heap verdicts bring their own words. */
const catalogues: Readonly<Record<Language, Catalogue>> = {
  en: { ...english, ...knownIssueMessages.en, ...heapMessages.en },
  'zh-CN': { ...chinese, ...knownIssueMessages['zh-CN'], ...heapMessages['zh-CN'] },
};

/** Every sentence of a language, by key. Templates hold `{name}` for a value and `{name|one|many}` for a count with its noun. */
export function catalogue(lang: Language): Catalogue {
  return catalogues[lang];
}
