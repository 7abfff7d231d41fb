/** The languages of the catalogues, as BCP 47 tags; the first speaks where a language has no words. */
export const languages = ['en', 'zh-CN'] as const;

export type Language = (typeof languages)[number];

/** The language that a tag or a locale's name (`zh_TW.UTF-8`) means: the one with its primary subtag (RFC 5646, 2.2.1); undefined when none has. */
export function languageOfTag(tag: string): Language | undefined {
  const primary = primaryOf(tag);
  return languages.find((language) => primaryOf(language) === primary);
}

function primaryOf(tag: string): string | undefined {
  return tag.toLowerCase().split(/[-_.@]/)[0];
}
