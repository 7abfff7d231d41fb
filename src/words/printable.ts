/** Longest text taken from a log that is shown as it is: cgroup paths of nested clusters are about 300 characters long. */
const LONGEST = 512;

/**
 * Controls (C0, DEL, C1), format characters (bidirectional overrides, zero-width characters, tags), line and paragraph
 * separators, private use and lone surrogates: all that could steer a terminal or hide, reorder or break a line.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Text from a log made safe to show on one line: unsafe characters become visible (`\x1b`, `\u{202e}`), too long text is cut. */
export function printable(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return shown.replace(UNSAFE, visible);
}

/** The same for a block that keeps its line ends, such as a command to copy. */
export function printableBlock(text: string): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.replace(UNSAFE, visible));
}

function visible(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
