// Builds dist/page.html: the page of web/ as one file that needs nothing else, with a policy under which a browser lets it make no
// request at all.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { glossarySentences, languages, sentencesAskedFor } from './page/texts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const GLOSSARY = 'virtual:glossary';
const SENTENCES = 'virtual:sentences';
/** What only a cluster or a metrics server gives cause to ask; see web/without-cluster.ts. */
const OF_CLUSTERS = /\/diagnosis\/(?:cluster\/[\w-]+|termination\/(?:end|judge-termination)|growth\/judge)\.js$/;
/** Stands for the sentences until it is known which of them the page's code asks for. */
const SENTENCES_PLACE = 'OOMKIT_SENTENCES';

/**
 * Makes the page. Returns its text and the modules in it, relative to the root.
 * @returns {Promise<{ html: string, inputs: string[] }>}
 */
export async function buildPage() {
  const result = await build({
    configFile: false,
    root: join(root, 'web'),
    logLevel: 'warn',
    // The page that ships, whoever builds it: a test runner sets NODE_ENV, which would make it one for debugging.
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    plugins: [words],
    build: {
      write: false,
      target: ['chrome111', 'firefox115', 'safari16.4'],
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: Number.MAX_SAFE_INTEGER,
      rolldownOptions: { input: join(root, 'web/main.tsx'), output: { format: 'iife', codeSplitting: false } },
    },
  });
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (Array.isArray(result) ? result[0] : result);
  const chunk = output.find((entry) => entry.type === 'chunk');
  const style = output.find((entry) => entry.type === 'asset' && entry.fileName.endsWith('.css'));
  if (chunk?.type !== 'chunk' || style?.type !== 'asset') throw new Error('the page has no script or no style');
  const inputs = chunk.moduleIds.filter((id) => id.startsWith(root)).map((id) => id.slice(root.length).replace(/\?.*$/, ''));
  return { html: htmlOf(withSentences(chunk.code), String(style.source)), inputs };
}

/** The words of the page in place of the catalogues' and the glossary's own modules. @type {import('vite').Plugin} */
const words = {
  name: 'oomkit-words',
  enforce: 'pre',
  resolveId: (id, importer) => {
    if (id === GLOSSARY || id === SENTENCES) return `\0${id}`;
    if (OF_CLUSTERS.test(new URL(id, `file://${importer}`).pathname)) return join(root, 'web/without-cluster.ts');
    const language = /^\.\/([\w-]+)\.json$/.exec(id)?.[1];
    if (language === undefined || !/\/words\/messages\/index\.ts$/.test(importer ?? '')) return undefined;
    return `\0catalogue:${language}`;
  },
  /** What only docs/known-issues.md says of an issue. */
  transform: (code, id) => {
    if (!/\/knowledge\/issues\/(?!index)[\w-]+\.ts$/.test(id)) return undefined;
    return code.replace(/^ {2}symptomsInWords:\s*(?:'(?:[^'\\]|\\.)*'|"[^"]*"|`[^`]*`),\n/m, '');
  },
  load: (id) => {
    if (id === `\0${GLOSSARY}`) return `export default ${JSON.stringify(glossarySentences())};`;
    if (id === `\0${SENTENCES}`) {
      return `const [keys, ...columns] = ${SENTENCES_PLACE}.map((column) => column.split('\\n'));
        export const column = (at) => Object.fromEntries(keys.map((key, row) => [key, columns[at][row]]));`;
    }
    const language = /^\0catalogue:(.+)$/.exec(id)?.[1];
    if (language === undefined) return undefined;
    return `import { column } from '${SENTENCES}'; export default /* @__PURE__ */ column(${languages.indexOf(language)});`;
  },
};

/**
 * The script with the sentences it asks for: a third of the catalogues is spoken by the command line only.
 * @param {string} code
 */
function withSentences(code) {
  const [before, after, ...others] = code.split(SENTENCES_PLACE);
  if (before === undefined || after === undefined || others.length > 0)
    throw new Error('the page has no one place for its words');
  return `${before}(${JSON.stringify(sentencesAskedFor(code))})${after}`;
}

/**
 * One file with everything inside. The policy names the script and the style by their hashes and allows nothing else: no request,
 * no other script, no frame, no form. Only the scanner's WebAssembly and the worker made from the page's own script are let in.
 * @param {string} script
 * @param {string} style
 */
function htmlOf(script, style) {
  const safeScript = script.replaceAll(/<(?=\/script|!--)/gi, '\\x3c').trim();
  const safeStyle = style.trim();
  if (/<\/style/i.test(safeStyle)) throw new Error('the style would end its own element');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(safeScript)}' 'wasm-unsafe-eval'`,
    `style-src '${hashOf(safeStyle)}'`,
    'worker-src blob:',
    'img-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>oomkit</title>
<link rel="icon" href="data:,">
<style>${safeStyle}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="evidence"></script>
<script id="script">${safeScript}</script>
</body>
</html>
`;
}

/** @param {string} text */
function hashOf(text) {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
