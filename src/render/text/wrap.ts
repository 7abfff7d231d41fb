import { type Line, type Paint, type Span, span } from './span.js';
import { characterWidth, displayWidth, isWide } from './width.js';

/** Between a number and its unit, a date and its time a line never breaks; the no-break space becomes a plain one when the line is laid out. */
const KEPT_TOGETHER = /(?<=\d) (?=(?:[KMGT]iB|B|%|s|min|h|d|UTC|秒|分|小时|天)(?![\p{L}\d])|\d\d:\d\d)/gu;
export const NO_BREAK_SPACE = '\u00a0';

/** Punctuation that may not begin a line, and brackets that may not end one. Source: GB/T 15834-2011, 5.1. */
const NOT_AT_START = /^[，。、；：？！）」』】》〉”’…—·,.;:!?)\]}%]$/u;
const NOT_AT_END = /^[（「『【《〈“‘([{]$/u;

/** A piece of text that stays on one line, made of one or more styles. */
interface Word {
  readonly parts: Span[];
  width: number;
  /** A blank stands before it. */
  readonly afterBlank: boolean;
}

export interface Indent {
  readonly first: string;
  readonly rest: string;
}

/**
 * Wraps text to a width in columns. Breaks at blanks and between Chinese characters, keeps numbers with their units, and
 * cuts what is longer than a line (paths) after a `/`, `,`, `-` or `_` where there is one. `indent` counts into the width.
 */
export function wrap(spans: readonly Span[], width: number, indent: Indent = { first: '', rest: '' }): Line[] {
  const lines: Line[] = [];
  let current: Span[] = [span(indent.first)];
  let room = width - displayWidth(indent.first);
  let empty = true;
  const feed = (): void => {
    lines.push(current);
    current = [span(indent.rest)];
    room = width - displayWidth(indent.rest);
    empty = true;
  };
  for (const word of words(spans)) {
    const blank = word.afterBlank && !empty ? 1 : 0;
    if (!empty && word.width + blank > room) feed();
    else if (blank === 1) {
      // A blank inside one style belongs to it, so that the style is not switched off and on again.
      const paint = current.at(-1)?.paint;
      current.push(paint === word.parts[0]?.paint ? span(' ', paint) : span(' '));
      room -= 1;
    }
    for (const piece of word.width > room ? cutWord(word, room, width - displayWidth(indent.rest)) : [word]) {
      if (piece !== word && !empty) feed();
      current.push(...piece.parts);
      room -= piece.width;
      empty = false;
    }
  }
  if (!empty || lines.length === 0) lines.push(current);
  return lines;
}

function words(spans: readonly Span[]): Word[] {
  const found: Word[] = [];
  let open: Word | undefined;
  let afterBlank = false;
  let previous = '';
  for (const { text, paint } of spans) {
    for (const character of text.replace(KEPT_TOGETHER, NO_BREAK_SPACE)) {
      if (character === ' ') {
        open = undefined;
        afterBlank = true;
        previous = '';
        continue;
      }
      if (open === undefined || mayBreakBetween(previous, character)) {
        open = { parts: [], width: 0, afterBlank };
        afterBlank = false;
        found.push(open);
      }
      append(open, character === NO_BREAK_SPACE ? ' ' : character, paint);
      previous = character;
    }
  }
  return found;
}

function mayBreakBetween(before: string, after: string): boolean {
  if (!isWide(before) && !isWide(after)) return false;
  return !NOT_AT_START.test(after) && !NOT_AT_END.test(before);
}

function append(word: Word, character: string, paint: Paint | undefined): void {
  const last = word.parts.at(-1);
  if (last !== undefined && last.paint === paint) word.parts[word.parts.length - 1] = { ...last, text: last.text + character };
  else word.parts.push(span(character, paint));
  word.width += characterWidth(character);
}

/** Cuts a word too long for any line: the first piece fits in `firstRoom`, the others in `restRoom`. */
function cutWord(word: Word, firstRoom: number, restRoom: number): Word[] {
  const pieces: Word[] = [];
  let rest = word.parts.flatMap(({ text, paint }) => [...text].map((character) => span(character, paint)));
  while (rest.length > 0) {
    const room = Math.max(2, pieces.length === 0 ? firstRoom : restRoom);
    let used = 0;
    let end = 0;
    let afterMark = 0;
    while (end < rest.length) {
      const character = rest[end]?.text ?? '';
      if (used + characterWidth(character) > room) break;
      used += characterWidth(character);
      end += 1;
      if (/[/,_-]/.test(character)) afterMark = end;
    }
    const take = end < rest.length && afterMark > end / 2 ? afterMark : end;
    const piece: Word = { parts: [], width: 0, afterBlank: false };
    for (const { text, paint } of rest.slice(0, take)) append(piece, text, paint);
    pieces.push(piece);
    rest = rest.slice(take);
  }
  return pieces;
}
