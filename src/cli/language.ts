import { InvalidArgumentError } from 'commander';
import { type Language, languageOfTag, languages } from '../words/language.js';

/** The language of the user's locale: LC_ALL, LC_MESSAGES, LANG, the first that is set and not empty (POSIX, locale(7)). */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  return languageOfTag(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ?? languages[0];
}

/** Reads the value of --lang: a language tag or a locale's name. */
export function parseLanguage(value: string): Language {
  const language = languageOfTag(value);
  if (language === undefined) throw new InvalidArgumentError(`Allowed choices are ${languages.join(', ')}.`);
  return language;
}
