import { useEffect, useState } from 'preact/hooks';
import { remember, remembered } from './settings.js';

export type Theme = 'light' | 'dark';

const DARK = '(prefers-color-scheme: dark)';

/** The theme and how to choose one: the system's, also when that changes, until the reader chooses; light while it is printed. */
export function useTheme(): readonly [theme: Theme, choose: (theme: Theme) => void] {
  const [chosen, setChosen] = useState<Theme | undefined>(chosenBefore);
  const [system, setSystem] = useState<Theme>(systemTheme);
  const theme = chosen ?? system;
  useEffect(() => {
    const follow = (): void => setSystem(systemTheme());
    const wish = matchMedia(DARK);
    wish.addEventListener('change', follow);
    return () => wish.removeEventListener('change', follow);
  }, []);
  useEffect(() => {
    const show = (shown: Theme): void => {
      document.documentElement.dataset.theme = shown;
    };
    const before = (): void => show('light');
    const after = (): void => show(theme);
    show(theme);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, [theme]);
  const choose = (next: Theme): void => {
    remember('theme', next);
    setChosen(next);
  };
  return [theme, choose];
}

function chosenBefore(): Theme | undefined {
  const theme = remembered('theme');
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

function systemTheme(): Theme {
  return matchMedia(DARK).matches ? 'dark' : 'light';
}
