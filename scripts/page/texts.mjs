// The words that go into the page: both languages of the message catalogues, and the first sentences of the glossary.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { GLOSSARY_TERMS } from './glossary-terms.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Read once: the words are in TypeScript, and made runnable by the bundler. */
const source = await build({
  absWorkingDir: root,
  stdin: {
    contents: `
      export { listTerms } from './src/words/glossary/topics.ts';
      export { english } from './src/words/messages/en/index.ts';
      export { chinese } from './src/words/messages/zh-CN/index.ts';`,
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const [output] = source.outputFiles;
const texts = await import(`data:text/javascript;base64,${Buffer.from(output?.text ?? '').toString('base64')}`);

/**
 * Each key that code asks for with its English and its Chinese sentence. Side by side, the key is written once and the whole is
 * compressed better than in two catalogues. A key is asked for by its name, or by a template with its beginning: `line.${id}`.
 * @param {string} code
 * @returns {Record<string, [string, string]>}
 */
export function sentencesAskedFor(code) {
  const names = new Set(Array.from(code.matchAll(/["'`]([\w.-]{1,80})["'`]/g), ([, name]) => name ?? ''));
  const beginnings = Array.from(code.matchAll(/`([\w-]{1,40}\.[\w.-]{0,40})\$\{/g), ([, beginning]) => beginning ?? '');
  const keys = Object.keys(texts.english).filter(
    (key) => names.has(key) || beginnings.some((beginning) => key.startsWith(beginning)),
  );
  return Object.fromEntries(keys.map((key) => [key, [texts.english[key], texts.chinese[key]]]));
}

/**
 * The terms of the glossary that the page explains, by the names it asks for. Throws when the glossary has one no more.
 * @returns {Record<string, { term: string, en: string, 'zh-CN': string }>}
 */
export function glossarySentences() {
  /** @type {Map<string, { term: string, en: { short: string }, 'zh-CN': { short: string } }>} */
  const entries = new Map(texts.listTerms().map((/** @type {{ term: string }} */ entry) => [entry.term, entry]));
  return Object.fromEntries(
    Object.entries(GLOSSARY_TERMS).map(([name, term]) => {
      const entry = entries.get(term);
      if (entry === undefined) throw new Error(`the glossary has no term ${term}, which the page explains`);
      return [name, { term, en: entry.en.short, 'zh-CN': entry['zh-CN'].short }];
    }),
  );
}
