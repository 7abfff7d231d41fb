// The words that go into the page: the message catalogues in every language, and the first sentences of the glossary.
import { readdirSync, readFileSync } from 'node:fs';
import { GLOSSARY_TERMS } from './glossary-terms.mjs';

/**
 * The data files of a folder of words, by their names: one a language.
 * @param {string} folder
 */
function wordsOf(folder) {
  const url = new URL(`../../src/words/${folder}/`, import.meta.url);
  const names = readdirSync(url).filter((name) => name.endsWith('.json') && name !== 'terms.json');
  return Object.fromEntries(
    names.sort().map((name) => [name.replace('.json', ''), JSON.parse(readFileSync(new URL(name, url), 'utf8'))]),
  );
}

/** @type {Record<string, Record<string, string>>} */
const catalogues = wordsOf('messages');
/** @type {Record<string, Record<string, { short: string }>>} */
const glossaries = wordsOf('glossary');

/** The languages, in the order of the sentences in `sentencesAskedFor`. */
export const languages = Object.keys(catalogues);

/**
 * The keys that code asks for and then, for each language, their sentences, each list as lines: the sentences of one language beside
 * each other are compressed best. A key is asked for by its name, or by a template with its beginning: `line.${id}`.
 * @param {string} code
 * @returns {string[]}
 */
export function sentencesAskedFor(code) {
  const names = new Set(Array.from(code.matchAll(/["'`]([\w.-]{1,80})["'`]/g), ([, name]) => name ?? ''));
  const beginnings = Array.from(code.matchAll(/`([\w-]{1,40}\.[\w.-]{0,40})\$\{/g), ([, beginning]) => beginning ?? '');
  const keys = Object.keys(catalogues.en ?? {}).filter(
    (key) => names.has(key) || beginnings.some((beginning) => key.startsWith(beginning)),
  );
  return [keys, ...languages.map((lang) => keys.map((key) => catalogues[lang]?.[key] ?? ''))].map((column) => column.join('\n'));
}

/**
 * The terms of the glossary that the page explains, by the names it asks for. Throws when the glossary has one no more.
 * @returns {Record<string, Record<string, string>>}
 */
export function glossarySentences() {
  return Object.fromEntries(
    Object.entries(GLOSSARY_TERMS).map(([name, term]) => {
      const sentences = languages.map((lang) => {
        const entry = glossaries[lang]?.[term];
        if (entry === undefined) throw new Error(`the glossary has no term ${term}, which the page explains`);
        return [lang, entry.short];
      });
      return [name, { term, ...Object.fromEntries(sentences) }];
    }),
  );
}
