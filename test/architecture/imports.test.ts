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
    ['model/a', 'evidence/b', 'model-imports'],
    ['kernel-log/a', 'evidence/b', 'kernel-log-imports'],
    ['kernel-log/a', 'cgroup/files', 'kernel-log-imports'],
    ['cgroup/a', 'process/b', 'cgroup-imports'],
    ['process/a', 'heap/b', 'process-imports'],
    ['heap/a', 'kubernetes/b', 'heap-imports'],
    ['kubernetes/a', 'cgroup/identity-cards', 'kubernetes-imports'],
    ['prometheus/a', 'cli/b', 'prometheus-imports'],
    ['evidence/a', 'accounting/b', 'evidence-imports'],
    ['accounting/a', 'kernel-log/b', 'accounting-imports'],
    ['knowledge/a', 'diagnosis/b', 'knowledge-imports'],
    ['diagnosis/a', 'report/b', 'diagnosis-imports'],
    ['report/a', 'cli/b', 'report-imports'],
    ['kernel-log/a', 'kernel-log/readers/b', 'browser-only-with-its-own'],
    ['report/a', 'heap/readers', 'browser-only-with-its-own'],
  ])('forbid %s to import %s', async (from, to, rule) => {
    expect(await brokenRules(importing(from, to))).toContain(rule);
  });

  it.each([
    ['kernel-log/a', 'cgroup/identity'],
    ['kernel-log/a', 'cgroup/identity/path'],
    ['evidence/a', 'kernel-log/b'],
    ['kernel-log/readers/a', 'kernel-log/b'],
    ['cli/a', 'report/b'],
    ['report/a', 'heap/messages'],
  ])('allow %s to import %s', async (from, to) => {
    expect(await brokenRules(importing(from, to))).toEqual([]);
  });

  it.each([
    'kernel-log/a',
    'heap/a',
    'cgroup/identity/a',
    'model/a',
    'accounting/a',
    'diagnosis/a',
    'knowledge/a',
    'report/text/a',
  ])('keep Node out of %s', async (file) => {
    expect(await brokenRules({ [`src/${file}.ts`]: `import { readFileSync } from 'node:fs';\nreadFileSync('x');\n` })).toEqual([
      'no-node-in-the-browser',
    ]);
  });

  it.each(['kernel-log/readers/a', 'heap/readers', 'cgroup/a', 'cli/a'])('allow Node in %s', async (file) => {
    expect(await brokenRules({ [`src/${file}.ts`]: `import { readFileSync } from 'node:fs';\nreadFileSync('x');\n` })).toEqual(
      [],
    );
  });

  it('see imports of types only', async () => {
    const files = {
      'src/model/a.ts': `import type { X } from '../report/b.js';\nexport type Y = X;\n`,
      'src/report/b.ts': 'export type X = 1;\n',
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
