/**
 * Characters that fill two columns: East Asian wide and fullwidth forms, and emoji shown as pictures.
 * Source: Unicode Standard Annex #11, East Asian Width; Unicode Technical Standard #51.
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Characters that fill none: marks that combine with the one before. */
const COMBINING = /[\p{Mn}\p{Me}]/u;

const ASCII = /^[\x20-\x7e]*$/;

/** Whether a character (one code point) fills two columns of a terminal. */
export function isWide(character: string): boolean {
  return character > '\u10ff' && WIDE.test(character);
}

/** Columns one character (one code point) fills. */
export function characterWidth(character: string): number {
  if (isWide(character)) return 2;
  return character > '\u02ff' && COMBINING.test(character) ? 0 : 1;
}

/** Columns a printable text fills in a terminal. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Cuts a text to a width, with an ellipsis where it was cut: `end` keeps the beginning, `start` keeps the end. */
export function cutToWidth(text: string, width: number, cut: 'end' | 'start' = 'end'): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const characters = cut === 'end' ? [...text] : [...text].reverse();
  const kept: string[] = [];
  let used = 1;
  for (const character of characters) {
    used += characterWidth(character);
    if (used > width) break;
    kept.push(character);
  }
  return cut === 'end' ? `${kept.join('')}…` : `…${kept.reverse().join('')}`;
}
