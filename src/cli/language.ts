import { InvalidArgumentError } from 'commander';
import type { Language } from '../words/language.js';

/** The language of the user's locale: LC_ALL, LC_MESSAGES, LANG, the first that is set and not empty (POSIX, locale(7)). */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  return toLanguage(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ?? 'en';
}

/** Reads the value of --lang: a language tag or a locale's name. */
export function parseLanguage(value: string): Language {
  const language = toLanguage(value);
  if (language === undefined) throw new InvalidArgumentError('Allowed choices are en, zh-CN.');
  return language;
}

function toLanguage(locale: string): Language | undefined {
  const [primary] = locale.toLowerCase().split(/[-_.@]/);
  if (primary === 'zh') return 'zh-CN';
  return primary === 'en' ? 'en' : undefined;
}
