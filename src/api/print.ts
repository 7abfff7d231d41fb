const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/**
 * An object as JSON text, indented by two, ended by a line feed. Characters that could steer a terminal or reorder a line
 * are written as `\u` escapes, so the values stay exact and the text is safe to print.
 */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2).replace(UNSAFE, escapeUnits)}\n`;
}

/** The same object as YAML, with every text quoted, where the same escapes hold. */
export async function printYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  const options = {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  } as const;
  return stringify(JSON.parse(JSON.stringify(value)), options).replace(UNSAFE, escapeUnits);
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
