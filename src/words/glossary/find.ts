import type { GlossaryEntry } from './entry.js';
import { candidateKeys, editDistance, spellingKey } from './spelling.js';
import { listTerms } from './topics.js';

/** A word of a pasted log line: with its entry, or without when it is a kernel flag the glossary does not know. */
interface GlossaryPart {
  readonly text: string;
  readonly entry?: GlossaryEntry;
}

export interface GlossaryAnswer {
  /** The term that was asked for. */
  readonly exact?: GlossaryEntry;
  /** The terms in a pasted piece of log, in its order, such as the flags of a gfp_mask. Empty for a single name. */
  readonly parts: readonly GlossaryPart[];
  /** What may have been meant, likeliest first. Empty when something was found. */
  readonly close: readonly GlossaryEntry[];
}

/** More of a query is not looked at: a Mem-Info line is about 1,000 characters long. */
const LONGEST_QUERY = 4096;
/** Longer than any name; nothing that long is a misspelling. */
const LONGEST_NAME = 64;
const MOST_SUGGESTIONS = 5;
const FLAG = /^(?:_{0,2}GFP_|CONSTRAINT_)[A-Z0-9_]+$/;
/** Values are other people's words (`task=node`); in capitals they are the kernel's own (`(UME)`, `=CONSTRAINT_MEMCG`). */
const KERNEL_VALUE = /^_{0,2}[A-Z][A-Z0-9_]*$/;
/** `(UME)` after a block size: one letter for each type, in the kernel's order. Source: mm/show_mem.c (6.12), mm/page_alloc.c (4.3). */
const MIGRATE_TYPES = /^(?:U?M?E?H?C?I?|U?E?M?R?C?I?)$/;

const names = listTerms().flatMap((entry) =>
  [entry.term, ...entry.aliases].map((name, index) => ({ name, key: spellingKey(name), entry, isTerm: index === 0 })),
);

const mostWords = Math.max(...names.map(({ name }) => name.split(' ').length));

/** As written: `oom_kill` is a counter and `oom-kill` a line of the report. */
const entryByName: ReadonlyMap<string, GlossaryEntry> = new Map(names.map(({ name, entry }) => [name.toLowerCase(), entry]));

/** However written. */
const entryByKey: ReadonlyMap<string, GlossaryEntry> = new Map(names.map(({ key, entry }) => [key, entry]));

/**
 * Explains a term, however it is spelled, or every term in a pasted piece of log. Pure; any text is allowed, and only its
 * first 4,096 characters are looked at.
 */
export function findTerm(query: string): GlossaryAnswer {
  const text = query.slice(0, LONGEST_QUERY).trim();
  // A plural is taken for its singular only here: in a log `Tasks in` is not about one task.
  const exact = lookUp(text) ?? lookUp(text.replace(/s$/i, ''));
  if (exact !== undefined) return { exact, parts: [], close: [] };
  const parts = looksLikeLog(text) ? findParts(text) : [];
  const [only] = parts;
  if (parts.length === 1 && only?.entry !== undefined) return { exact: only.entry, parts: [], close: [] };
  return { parts, close: parts.length > 0 ? [] : suggest(text) };
}

function lookUp(name: string): GlossaryEntry | undefined {
  if (name === '' || name.length > LONGEST_NAME) return undefined;
  const written = entryByName.get(name.toLowerCase());
  if (written !== undefined) return written;
  for (const key of candidateKeys(name)) {
    const entry = entryByKey.get(key);
    if (entry !== undefined) return entry;
  }
  return MIGRATE_TYPES.test(name) ? entryByKey.get(spellingKey('migrate type')) : undefined;
}

function looksLikeLog(text: string): boolean {
  return /[=|(),:[\]]|(?:^|\s)\d/.test(text);
}

/** The terms in a line, each once. Names of several words win over their single words. */
function findParts(text: string): GlossaryPart[] {
  const parts: GlossaryPart[] = [];
  const add = (part: GlossaryPart): void => {
    const known = parts.some(({ entry, text: other }) => (part.entry === undefined ? other === part.text : entry === part.entry));
    if (!known) parts.push(part);
  };
  const words = text.split(/[\s,;|]+/).filter((word) => word !== '');
  let next = 0;
  while (next < words.length) {
    const { entry, length } = longestName(words, next);
    if (entry !== undefined) add({ text: words.slice(next, next + length).join(' '), entry });
    else for (const part of partsOfWord(words[next] ?? '')) add(part);
    next += length;
  }
  return parts;
}

/** The longest run of words from `start` that is one name, its trailing colon aside. */
function longestName(words: readonly string[], start: number): { entry?: GlossaryEntry; length: number } {
  for (let length = Math.min(mostWords, words.length - start); length > 0; length -= 1) {
    const run = words
      .slice(start, start + length)
      .join(' ')
      .replace(/:$/, '');
    // Two columns side by side (`total_vm rss`) are no variant of one name.
    const entry = length === 1 ? lookUp(run) : entryByKey.get(spellingKey(run));
    if (entry !== undefined) return { entry, length };
  }
  return { length: 1 };
}

/** Reads `name:value`, `name=value` and `name=number(FLAG`, which were cut at blanks, commas and bars. */
function partsOfWord(word: string): GlossaryPart[] {
  return word.split(':').flatMap((field) => {
    const [name = '', ...values] = field.split('=');
    const whole = lookUp(name);
    const pieces = values.flatMap((value) => value.split(/[()[\]]+/));
    if (whole === undefined) pieces.unshift(...name.split(/[()[\]]+/));
    const found = pieces.flatMap((piece) => partOfValue(piece));
    return whole === undefined ? found : [{ text: name, entry: whole }, ...found];
  });
}

function partOfValue(piece: string): GlossaryPart[] {
  if (!KERNEL_VALUE.test(piece)) return [];
  const entry = lookUp(piece);
  if (entry !== undefined) return [{ text: piece, entry }];
  return FLAG.test(piece) ? [{ text: piece }] : [];
}

/** Terms spelled nearly like the name, or that contain it, or that it contains. */
function suggest(name: string): GlossaryEntry[] {
  const key = spellingKey(name);
  if (key === '' || key.length > LONGEST_NAME) return [];
  const bestOf = new Map<GlossaryEntry, number>();
  for (const { key: other, entry, isTerm } of names) {
    // At equal distance a term itself comes before the alias of another.
    const unlikeness = compare(key, other) + (isTerm ? 0 : 0.5);
    if (unlikeness < (bestOf.get(entry) ?? Number.POSITIVE_INFINITY)) bestOf.set(entry, unlikeness);
  }
  return [...bestOf]
    .sort(([, a], [, b]) => a - b)
    .slice(0, MOST_SUGGESTIONS)
    .map(([entry]) => entry);
}

/** 0 is the same; Infinity is too different to suggest. A quarter of the letters may be wrong. */
function compare(key: string, other: string): number {
  const most = Math.min(3, Math.floor(key.length / 4) + (key.length >= 3 ? 1 : 0));
  const edits = editDistance(key, other, most);
  if (edits !== Number.POSITIVE_INFINITY) return edits;
  if (key.length >= 3 && other.startsWith(key)) return 2 + other.length / LONGEST_NAME;
  if (key.length >= 3 && other.includes(key)) return 3 + other.length / LONGEST_NAME;
  if (other.length >= 4 && key.includes(other)) return 4 - other.length / LONGEST_NAME;
  return Number.POSITIVE_INFINITY;
}
