import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { journalArguments } from '../../../../src/sources/kernel-log/readers/journal.js';
import { temporaryDirectory } from '../../../support/temporary-directory.js';
import { collect } from './collecting-sink.js';

/** Puts a program called journalctl, and nothing else, on the PATH. */
function fakeJournalctl(script: string): void {
  const directory = temporaryDirectory();
  const path = join(directory, 'journalctl');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', directory);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

describe('journalArguments', () => {
  it('asks for this boot when no time is given, and for all boots in a range', () => {
    expect(journalArguments({})).toEqual(['--no-pager', '--all', '--output=json', '--dmesg']);
    expect(journalArguments({ since: '-2h', until: 'now' })).toEqual([
      '--no-pager',
      '--all',
      '--output=json',
      '--since=-2h',
      '--until=now',
      '_TRANSPORT=kernel',
    ]);
    expect(journalArguments({ until: 'yesterday' })).toEqual([
      '--no-pager',
      '--all',
      '--output=json',
      '--until=yesterday',
      '_TRANSPORT=kernel',
    ]);
  });
});

describe('the journal', () => {
  it('is what journalctl prints, its arguments untouched by a shell', async () => {
    fakeJournalctl(`printf '%s\\n' "$@"`);
    const { texts, summary } = await collect([{ kind: 'journal', since: '$(id); "x y"' }]);
    expect(texts.get('journal')).toBe('--no-pager\n--all\n--output=json\n--since=$(id); "x y"\n_TRANSPORT=kernel\n');
    expect(summary).toMatchObject({ sources: ['journal'], notes: [] });
  });

  it('passes on what journalctl says while it succeeds', async () => {
    fakeJournalctl(
      `echo '{"MESSAGE":"x"}'; echo 'Hint: You are currently not seeing messages from other users.' >&2; echo more >&2`,
    );
    const { texts, summary } = await collect([{ kind: 'journal' }]);
    expect(texts.get('journal')).toBe('{"MESSAGE":"x"}\n');
    expect(summary.notes).toMatchObject([
      {
        key: 'read.journalctl-says',
        params: { detail: { value: 'Hint: You are currently not seeing messages from other users.' } },
      },
    ]);
  });

  it('fails with what journalctl complains about', async () => {
    fakeJournalctl(`echo 'Failed to parse timestamp: soon' >&2; exit 1`);
    const { summary } = await collect([{ kind: 'journal', since: 'soon' }]);
    expect(summary.errors).toMatchObject([
      { code: 'journalctl-failed', problem: { params: { detail: { value: 'Failed to parse timestamp: soon' } } } },
    ]);
  });

  it('is an error when there is no journalctl', async () => {
    vi.stubEnv('PATH', temporaryDirectory());
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { summary } = await collect([{ kind: 'journal' }]);
    expect(summary.errors).toMatchObject([{ code: 'journalctl-missing' }]);
  });
});
