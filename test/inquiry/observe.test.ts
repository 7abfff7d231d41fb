import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectCgroup } from '../../src/cli/inspect-cgroup.js';
import { printJson, renderInspection, toInspection } from '../../src/render/index.js';
import { hostAt } from '../../src/sources/host/host.js';
import { paths } from '../fixtures-cgroup-trees.js';

describe('a process with a secret on its command line', () => {
  let root: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'oomkit-observe-'));
    cpSync('test/fixtures/cgroup-trees/v2', root, { recursive: true });
    writeFileSync(
      join(root, 'proc/4711/cmdline'),
      'app\0--password\0Planted-Secret-1\0--url=postgres://me:Planted-Secret-2@db/x\0--level=debug\0',
    );
  });

  afterAll(() => rmSync(root, { recursive: true }));

  it('shows neither on the screen nor in JSON', () => {
    const inspection = inspectCgroup(hostAt(root), paths.v2.app, new Date('2026-01-01T00:00:00Z'));
    const shown = renderInspection(inspection, { lang: 'en', width: 200, color: false, wide: true });
    const json = printJson(toInspection(inspection, { lang: 'en' }));
    expect(shown).toContain('--level=debug');
    expect(shown).not.toContain('Planted-Secret');
    expect(json).not.toContain('Planted-Secret');
  });
});
