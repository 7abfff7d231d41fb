import type { Language } from '../language.js';
import en from './en.json' with { type: 'json' };
import type { GlossaryEntry, GlossaryFacts, GlossaryText } from './entry.js';
import terms from './terms.json' with { type: 'json' };
import zhCN from './zh-CN.json' with { type: 'json' };

const texts: Readonly<Record<Language, Readonly<Record<keyof typeof en, GlossaryText>>>> = { en, 'zh-CN': zhCN };

const entries = (terms as readonly (GlossaryFacts & { readonly term: keyof typeof en })[]).map(
  (facts): GlossaryEntry => ({ ...facts, en: texts.en[facts.term], 'zh-CN': texts['zh-CN'][facts.term] }),
);

/** Every term, topic by topic, related terms beside each other. */
export function listTerms(): readonly GlossaryEntry[] {
  return entries;
}
