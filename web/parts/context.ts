import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Provenance } from '../../src/model/index.js';
import { type Words, words } from '../../src/render/view/words.js';
import type { Language } from '../../src/words/language.js';
import type { Markup, MessageStyle } from '../../src/words/messages/render.js';

/** What every part of the page needs: its words, and how to follow a citation. */
export interface Page {
  readonly lang: Language;
  readonly words: Words;
  /** Sentences whose code is set between backticks; a backtick of a log's own is `LITERAL_BACKTICK`. */
  readonly prose: Words;
  /** The same sizes to the byte. */
  readonly exact: Words;
  /** Shows and marks lines of the log. `origin` is where the reader came from. */
  readonly showLines: (from: readonly Provenance[], origin: HTMLElement) => void;
  /** Whether all that is cited are lines of the log on the page. */
  readonly hasLines: (from: readonly Provenance[]) => boolean;
}

/** Stands for a backtick that comes from a log and sets nothing apart; logs are shown without the character itself. */
export const LITERAL_BACKTICK = '\u0000';

const SHIELD: Markup = {
  value: (text) => text.replaceAll('`', LITERAL_BACKTICK),
  words: (text) => text,
};

/** `catalogues` are sentences that came with the evidence. */
export function pageIn(lang: Language, catalogues: MessageStyle['catalogues'] = {}): Page {
  return {
    lang,
    words: words({ lang, catalogues }),
    prose: words({ lang, catalogues, markup: SHIELD }),
    exact: words({ lang, catalogues, bytes: 'exact' }),
    showLines: () => undefined,
    hasLines: () => false,
  };
}

export const PageContext = createContext<Page>(pageIn('en'));

export function usePage(): Page {
  return useContext(PageContext);
}
