import { type Language, languages } from '../src/words/language.js';
import { catalogue } from '../src/words/messages/index.js';
import { usePage } from './parts/context.js';
import type { Theme } from './theme.js';

/** The page's own controls. */
export function Header({
  hasContent,
  theme,
  onTheme,
  onLanguage,
  onOpen,
  onStartOver,
}: {
  readonly hasContent: boolean;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
  readonly onLanguage: (lang: Language) => void;
  readonly onOpen: () => void;
  readonly onStartOver: () => void;
}) {
  const { words, lang } = usePage();
  const next = languages[(languages.indexOf(lang) + 1) % languages.length] ?? lang;
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <header class="page-head">
      <span class="brand">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <rect x="2" y="9" width="9" height="6" rx="1" class="kind-anon" />
          <rect x="12" y="9" width="6" height="6" rx="1" class="kind-file" />
          <path d="M21 4v16" class="limit-line" />
        </svg>
        oomkit
      </span>
      <div class="page-actions">
        {hasContent ? (
          <>
            <button type="button" class="quiet" onClick={onOpen}>
              {words.label('page.open')}
            </button>
            <button type="button" class="quiet" onClick={onStartOver}>
              {words.label('page.start-over')}
            </button>
          </>
        ) : null}
        <button type="button" class="quiet" lang={next} onClick={() => onLanguage(next)}>
          {catalogue(next)['language.name']}
        </button>
        <button type="button" class="quiet" onClick={() => onTheme(other)}>
          {words.label(`page.theme.${other}`)}
        </button>
      </div>
    </header>
  );
}
