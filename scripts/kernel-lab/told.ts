/** What a guest told on its second serial line: values, and longer texts between `@begin NAME` and `@end` (see guest/init). */
export interface Told {
  readonly values: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Takes apart what a guest told. */
export function readTold(text: string): Told {
  const values = new Map<string, string>();
  const texts = new Map<string, string[]>();
  let open: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (open !== undefined) {
      if (line === '@end') open = undefined;
      else open.push(line);
      continue;
    }
    const [, key = '', value = ''] = /^@(\w+) (.*)$/.exec(line) ?? [];
    if (key === 'begin') {
      open = [];
      texts.set(value, open);
    } else if (key !== '') {
      values.set(key, value);
    }
  }
  return { values, texts };
}

/** A value that every guest tells. Throws when it is missing: the case came to no end. */
export function required(told: Told, key: string): string {
  const value = told.values.get(key);
  if (value === undefined) throw new Error(`the guest did not tell ${key}`);
  return value;
}
