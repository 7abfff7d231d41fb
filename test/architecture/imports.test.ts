import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';
import configuration from '../../.dependency-cruiser.mjs';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** The names of the rules that a tree of source files breaks. */
async function brokenRules(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = temporaryDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return rulesBrokenIn(root);
}

async function rulesBrokenIn(baseDir: string): Promise<string[]> {
  const { forbidden = [], options = {} } = configuration;
  const result = await cruise(['src'], { ...options, baseDir, validate: true, ruleSet: { forbidden } });
  const { violations } = (result.output as ICruiseResult).summary;
  return [...new Set(violations.map(({ rule }) => rule.name))].sort();
}

/** A file that imports another, relative to src/. */
function importing(from: string, to: string): Record<string, string> {
  const specifier = `${'../'.repeat(from.split('/').length - 1)}${to}.js`;
  return {
    [`src/${from}.ts`]: `import { x } from '${specifier}';\nexport const y = x;\n`,
    [`src/${to}.ts`]: 'export const x = 1;\n',
  };
}

describe('the import rules', () => {
  it('hold for src/', async () => {
    expect(await rulesBrokenIn(process.cwd())).toEqual([]);
  });

  it.each([
    ['model/a', 'sources/heap/b', 'model-imports'],
    ['sources/kernel-log/a', 'sources/bundle/b', 'sources-kernel-log-imports'],
    ['sources/kernel-log/a', 'sources/cgroup/files', 'sources-kernel-log-imports'],
    ['sources/process/a', 'sources/heap/b', 'sources-process-imports'],
    ['sources/heap/a', 'sources/kubernetes/b', 'sources-heap-imports'],
    ['sources/kubernetes/a', 'sources/cgroup/identity-cards', 'sources-kubernetes-imports'],
    ['sources/prometheus/a', 'cli/b', 'sources-prometheus-imports'],
    ['sources/bundle/a', 'accounting/b', 'sources-bundle-imports'],
    ['accounting/a', 'sources/kernel-log/b', 'accounting-imports'],
    ['knowledge/a', 'diagnosis/b', 'knowledge-imports'],
    ['diagnosis/a', 'render/b', 'diagnosis-imports'],
    ['words/a', 'inquiry/b', 'words-imports'],
    ['inquiry/a', 'cli/b', 'inquiry-imports'],
    ['render/a', 'cli/b', 'render-imports'],
    ['recorder/a', 'diagnosis/b', 'recorder-imports'],
    ['guard/a', 'import/b', 'guard-imports'],
    ['sources/kernel-log/a', 'sources/kernel-log/readers/b', 'browser-only-with-its-own'],
    ['render/a', 'sources/heap/readers', 'browser-only-with-its-own'],
  ])('forbid %s to import %s', async (from, to, rule) => {
    expect(await brokenRules(importing(from, to))).toContain(rule);
  });

  it.each([
    ['sources/kernel-log/a', 'sources/cgroup/identity'],
    ['sources/kernel-log/a', 'sources/cgroup/identity/path'],
    ['sources/bundle/a', 'sources/kernel-log/b'],
    ['sources/kernel-log/readers/a', 'sources/kernel-log/b'],
    ['inquiry/a', 'diagnosis/b'],
    ['cli/a', 'render/b'],
    ['words/a', 'model/b'],
  ])('allow %s to import %s', async (from, to) => {
    expect(await brokenRules(importing(from, to))).toEqual([]);
  });

  it.each([
    'sources/kernel-log/a',
    'sources/heap/a',
    'sources/cgroup/identity/a',
    'model/a',
    'accounting/a',
    'diagnosis/a',
    'knowledge/a',
    'words/a',
    'api/a',
    'inquiry/a',
    'render/text/a',
  ])('keep Node out of %s', async (file) => {
    expect(await brokenRules({ [`src/${file}.ts`]: `import { readFileSync } from 'node:fs';\nreadFileSync('x');\n` })).toEqual([
      'no-node-in-the-browser',
    ]);
  });

  it.each(['sources/kernel-log/readers/a', 'sources/heap/readers', 'sources/cgroup/a', 'cli/a'])(
    'allow Node in %s',
    async (file) => {
      expect(await brokenRules({ [`src/${file}.ts`]: `import { readFileSync } from 'node:fs';\nreadFileSync('x');\n` })).toEqual(
        [],
      );
    },
  );

  it('see imports of types only', async () => {
    const files = {
      'src/model/a.ts': `import type { X } from '../render/b.js';\nexport type Y = X;\n`,
      'src/render/b.ts': 'export type X = 1;\n',
    };
    expect(await brokenRules(files)).toEqual(['model-imports']);
  });

  it('forbid cycles and modules that are not there', async () => {
    expect(
      await brokenRules({
        'src/cli/a.ts': `export { b } from './b.js';\n`,
        'src/cli/b.ts': `import { c } from './missing.js';\nexport { a as b } from './a.js';\nc();\n`,
      }),
    ).toEqual(['no-cycles', 'no-missing-modules']);
  });
});
