// Builds dist/oomkit.js, the program in one file that starts fast and needs no node_modules; beside it the parts that few commands
// load; dist/page.html, the page; and the licence texts of the packages inside them.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPage } from './build-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/**
 * Modules that become files of their own, by those files' names: they bring large libraries, the client one larger than all of
 * oomkit, and are kept out of every other command's start-up.
 */
const APART = new Map([
  ['kubernetes-client.js', 'src/sources/kubernetes/client-node.ts'],
  ['import-clients.js', 'src/import/clients.ts'],
  ['page-server.js', 'src/cli/page/page-server.ts'],
]);

/** @type {import('esbuild').Plugin} */
const partsApart = {
  name: 'parts-apart',
  setup: ({ onResolve }) => {
    for (const [file, module] of APART) {
      const name = module.replace(/^.*\/(.*)\.ts$/, '$1');
      onResolve({ filter: new RegExp(`/${name}\\.js$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${file}`, external: true } : undefined,
      );
    }
  },
};

/**
 * Words as texts that JSON.parse() reads, which takes V8 a third of the time that an object in the source would.
 * @type {import('esbuild').Plugin}
 */
const wordsAsText = {
  name: 'words-as-text',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]src[/\\]words[/\\].*\.json$/ }, ({ path }) => {
      const data = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(data)});`, loader: 'js' };
    });
  },
};

/** @type {import('esbuild').BuildOptions & { write: false, metafile: true }} */
const options = {
  absWorkingDir: root,
  write: false,
  bundle: true,
  // A binary for each platform: an optional dependency, looked for when it is wanted (src/sources/host/libc.ts).
  external: ['koffi'],
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Names are kept, so that a stack in a bug report can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  // Chinese as escapes: V8 compiles a source of one-byte characters faster, and start-up time is mostly that.
  charset: 'ascii',
  legalComments: 'none',
  metafile: true,
};
/** CommonJS packages in a bundle ask for Node's own modules through require(). */
const requireForBundle = [
  "import { createRequire as oomkitCreateRequire } from 'node:module';",
  'const require = oomkitCreateRequire(import.meta.url);',
];
const program = await build({
  ...options,
  entryPoints: ['src/cli/main.ts'],
  outfile: join(dist, 'oomkit.js'),
  plugins: [partsApart, wordsAsText],
  banner: { js: ['#!/usr/bin/env node', ...requireForBundle].join('\n') },
});
const parts = await Promise.all(
  Array.from(APART, ([file, module]) =>
    build({
      ...options,
      entryPoints: [module],
      outfile: join(dist, file),
      banner: { js: requireForBundle.join('\n') },
    }),
  ),
);
const page = await buildPage();
const inputs = [...[program, ...parts].flatMap(({ metafile }) => Object.keys(metafile.inputs)), ...page.inputs];
mkdirSync(dist, { recursive: true });
for (const { path, contents } of program.outputFiles) replaceFile(path, contents, 0o755);
for (const { path, contents } of parts.flatMap(({ outputFiles }) => outputFiles)) replaceFile(path, contents, 0o644);
replaceFile(join(dist, 'page.html'), page.html, 0o644);
replaceFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), licencesOf(bundledPackages(inputs)), 0o644);

/**
 * Replaces a file at once: it may be running.
 * @param {string} path
 * @param {string | Uint8Array} contents
 * @param {number} mode
 */
function replaceFile(path, contents, mode) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents, { mode });
  renameSync(draft, path);
}

/** @param {string[]} inputs paths of the bundled modules, relative to the root */
function bundledPackages(inputs) {
  const packages = inputs.flatMap((input) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []);
  return [...new Set(packages)].sort();
}

/** @param {string[]} directories of packages relative to the root. Throws when one has no licence text. */
function licencesOf(directories) {
  const sections = directories.map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${licenceText(directory, name)}\n`;
  });
  const files = ['oomkit.js', ...APART.keys(), 'page.html'].join(', ');
  return `${files} contain the following packages.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/**
 * The licence file of a package and, from scripts/licences, what the package itself does not carry in a file.
 * @param {string} directory
 * @param {string} name
 */
function licenceText(directory, name) {
  const own = readdirSync(join(root, directory)).filter((file) => /^(?:(?:un)?licen[cs]e|copying)/i.test(file));
  const ours = join(root, 'scripts', 'licences', `${name.replace('/', '+')}.txt`);
  const files = [...own.map((file) => join(root, directory, file)), ...(existsSync(ours) ? [ours] : [])];
  if (files.length === 0) throw new Error(`${directory} has no licence file`);
  return files.map((file) => readFileSync(file, 'utf8').trim()).join('\n\n');
}
