import { type Language, languageOfTag, languages } from '../src/words/language.js';

/** A setting that outlasts a visit, where the browser lets a page keep one. */
export function remembered(name: 'lang' | 'theme'): string | undefined {
  try {
    return localStorage.getItem(`oomkit.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: 'lang' | 'theme', value: string): void {
  try {
    localStorage.setItem(`oomkit.${name}`, value);
  } catch {
    // A page opened as a file may keep nothing: the setting then holds until it is closed.
  }
}

/** The language to begin with: the one chosen before, else the browser's. */
export function firstLanguage(): Language {
  return languageOfTag(remembered('lang') ?? navigator.language) ?? languages[0];
}

/** Whether a language was chosen before. */
export function hasChosenLanguage(): boolean {
  return remembered('lang') !== undefined;
}
