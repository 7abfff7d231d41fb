import { type GlossaryEntry, type GlossaryTopic, topics } from '../../words/glossary/entry.js';
import { listTerms } from '../../words/glossary/topics.js';
import { languages } from '../../words/language.js';
import { catalogue, sentenceGap } from '../../words/messages/index.js';
import { escapeWords } from '../markdown/escape.js';

/** The page is in English, with the explanations in every language. */
const labels = catalogue('en');

/** The whole glossary as markdown, below a first-level heading of the caller: a section a topic, both languages for each term. */
export function glossaryMarkdown(): string {
  const index = topics.map((topic) => `- [${heading(topic)}](#${topic}): ${termsOf(topic).map(link).join(', ')}`).join('\n');
  return [index, ...topics.map(section)].join('\n\n');
}

function section(topic: GlossaryTopic): string {
  return [`<a id="${topic}"></a>\n\n## ${heading(topic)}`, ...termsOf(topic).map(article)].join('\n\n');
}

function article(entry: GlossaryEntry): string {
  const explanations = languages.map((lang) => {
    const { short, long } = entry[lang];
    // A line end after `**`: followed by a Chinese character it would not close the emphasis. Source: CommonMark 0.31, 6.2.
    return `**${words(short)}**\n${words(long.join(sentenceGap(lang)))}`;
  });
  const details = [
    ...(entry.unit === undefined ? [] : [`${labels['glossary.unit']}: ${labels[`glossary.unit.${entry.unit}`]}`]),
    ...(entry.aliases.length === 0 ? [] : [`${labels['glossary.aliases']}: ${entry.aliases.map(code).join(', ')}`]),
    ...(entry.seeAlso.length === 0 ? [] : [`${labels['glossary.see-also']}: ${entry.seeAlso.map(linkTo).join(', ')}`]),
    `${labels['glossary.sources']}: ${words(entry.sources.join('; '))}`,
  ];
  return [
    `<a id="${anchor(entry.term)}"></a>\n\n### ${code(entry.term)}`,
    ...explanations,
    details.map((detail) => `- ${detail}`).join('\n'),
  ].join('\n\n');
}

function termsOf(topic: GlossaryTopic): GlossaryEntry[] {
  return listTerms().filter((entry) => entry.topic === topic);
}

function heading(topic: GlossaryTopic): string {
  return labels[`glossary.topic.${topic}`];
}

function link(entry: GlossaryEntry): string {
  return linkTo(entry.term);
}

function linkTo(term: string): string {
  return `[${code(term)}](#${anchor(term)})`;
}

/** Unique because terms differ in more than case and blanks. */
function anchor(term: string): string {
  return `term-${term.toLowerCase().replace(/[^a-z0-9_.+]+/g, '-')}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Prose: a `_` at a word's edge (`__GFP_IO`) could open emphasis. */
function words(text: string): string {
  return escapeWords(text).replace(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, (run) => run.replaceAll('_', '\\_'));
}
