/**
 * The words of a text as a shell would take them. The text may be a script, a program in another language, or a sentence: nothing is
 * ever wrong with it, and a quote that does not end is a character like any other.
 */

/** A word of a text, without its quotes, and where it stands with them. `operator`: what stands between commands and words. */
export interface ShellWord {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly isOperator: boolean;
  /** The quote it stands in, wholly or in part. */
  readonly quote: string;
}

/** `;`, `&&`, `|`, line ends, parentheses and redirections. */
const OPERATOR = /<<<|<<-?|>>|&&|\|\||[;|&\n(){}<>`]/y;
const BLANK = /[^\S\n]+/y;

export function shellWords(text: string): ShellWord[] {
  const words: ShellWord[] = [];
  let at = 0;
  while (at < text.length) {
    at = skipped(BLANK, text, at);
    const end = skipped(OPERATOR, text, at);
    if (end > at) {
      words.push({ start: at, end, value: text.slice(at, end), isOperator: true, quote: '' });
      at = end;
    } else if (at < text.length) {
      const word = wordAt(text, at);
      words.push(word);
      at = word.end;
    }
  }
  return words;
}

function skipped(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

const ENDS_WORD = /[\s;|&()<>`]/;

function wordAt(text: string, start: number): ShellWord {
  let value = '';
  let quote = '';
  /** Whether it is a word of a command, in which a quote may follow a letter: `-p'secret'`, `PW='secret'`. In a sentence that is an apostrophe. */
  let isCommand = text[start] === '-';
  let at = start;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (ENDS_WORD.test(character)) break;
    if (character === '\\' && at + 1 < text.length) {
      value += text[at + 1];
      at += 2;
    } else {
      const isQuote = character === '"' || (character === "'" && (isCommand || !/[A-Za-z0-9]/.test(text[at - 1] ?? '')));
      const close = isQuote ? closing(text, at) : -1;
      isCommand ||= character === '=' || character === ':';
      value += close < 0 ? character : text.slice(at + 1, close);
      if (close >= 0) quote ||= character;
      at = close < 0 ? at + 1 : close + 1;
    }
  }
  return { start, end: at, value, isOperator: false, quote };
}

/** Where a quote ends: an escaped one inside double quotes does not end it. -1 when nowhere. */
function closing(text: string, open: number): number {
  const quote = text[open] ?? '';
  let at = text.indexOf(quote, open + 1);
  while (quote === '"' && at > 0 && text[at - 1] === '\\') at = text.indexOf(quote, at + 1);
  return at;
}
