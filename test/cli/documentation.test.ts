import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withCurrentHelp } from '../../scripts/build-docs-cli.js';
import { createProgram } from '../../src/cli/program.js';

const page = readFileSync('docs/cli.md', 'utf8');

describe('docs/cli.md', () => {
  it('has the help texts that the program prints (npm run generate)', () => {
    expect(withCurrentHelp(page)).toBe(page);
  });

  it('describes every command', () => {
    for (const command of createProgram('oomkit').commands) expect(page).toContain(`Usage: oomkit ${command.name()} `);
  });

  it('is brought up to date where it is not', () => {
    const outdated = page.replace('print the version', 'print nothing');
    expect(outdated).not.toBe(page);
    expect(withCurrentHelp(outdated)).toBe(page);
  });
});
