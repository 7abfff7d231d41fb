/** The glossary's first sentences, by the names under which the page's parts ask for them: made by scripts/build-page.mjs. */
declare module 'virtual:glossary' {
  type Language = import('../src/words/language.js').Language;
  const glossary: Readonly<Record<string, ({ readonly term: string } & Readonly<Record<Language, string>>) | undefined>>;
  export default glossary;
}

declare module '*?raw' {
  const text: string;
  export default text;
}

declare module '*.css';
