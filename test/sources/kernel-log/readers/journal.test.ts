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

  it('was read in part where journalctl passes a file over, though it succeeds', async () => {
    fakeJournalctl(`echo '{"MESSAGE":"x"}'; echo 'Journal file system.journal corrupted, ignoring file.' >&2; echo more >&2`);
    const { texts, summary } = await collect([{ kind: 'journal' }]);
    expect(texts.get('journal')).toBe('{"MESSAGE":"x"}\n');
    expect(summary.damages).toMatchObject([
      { key: 'read.journalctl-says', params: { detail: { value: 'Journal file system.journal corrupted, ignoring file.' } } },
    ]);
  });

  describe('that the account may not see', () => {
    const HINTS = [
      [
        'systemd 252, with access lists',
        "Hint: You are currently not seeing messages from other users and the system.\n      Users in groups 'adm', 'systemd-journal' can see all messages.\n      Pass -q to turn off this notice.",
      ],
      [
        'systemd 252, without',
        "Hint: You are currently not seeing messages from the system.\n      Users in the 'systemd-journal' group can see all messages. Pass -q to\n      turn off this notice.",
      ],
      [
        'systemd 219',
        "Showing user generated messages only. Users in the group 'systemd-journal' can see all messages. Pass -q to turn this notice off.",
      ],
    ] as const;

    /** journalctl of an account with a journal of its own: with JSON it prints what it may, and not a word of the rest. */
    const hinting = (hint: string, output = ''): void =>
      fakeJournalctl(`case "$*" in *--output=json*) printf '%s' '${output}' ;; *) echo "${hint}" >&2 ;; esac`);

    it.each(HINTS)('is no journal without a kill: %s', async (_, hint) => {
      hinting(hint);
      const { summary } = await collect([{ kind: 'journal' }]);
      expect(summary).toMatchObject({ sources: [], errors: [{ code: 'journal-permission' }] });
      expect((await collect([{ kind: 'journal', since: '-2h' }])).summary.errors).toHaveLength(1);
    });

    it.each(HINTS)('in part is read in part: %s', async (_, hint) => {
      hinting(hint, '{"MESSAGE":"x"}');
      const { summary, texts } = await collect([{ kind: 'journal' }]);
      expect(texts.get('journal')).toBe('{"MESSAGE":"x"}');
      expect(summary).toMatchObject({ sources: ['journal'], damages: [{ key: 'read.journal-permission' }], errors: [] });
    });

    it('at all fails, and is told apart from other failures', async () => {
      fakeJournalctl(`echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1`);
      expect((await collect([{ kind: 'journal' }])).summary.errors).toMatchObject([{ code: 'journal-permission' }]);
    });

    it('is noticed whatever the user has journalctl log', async () => {
      fakeJournalctl(
        '[ "$SYSTEMD_LOG_LEVEL" = notice ] && echo "Hint: You are currently not seeing messages from the system." >&2; exit 0',
      );
      vi.stubEnv('SYSTEMD_LOG_LEVEL', 'err');
      expect((await collect([{ kind: 'journal' }])).summary.errors).toMatchObject([{ code: 'journal-permission' }]);
    });
  });

  it('that is not there is an error, though journalctl succeeds', async () => {
    fakeJournalctl(
      `case "$*" in *--output=json*) ;; *) echo 'No journal files were found.' >&2; echo '-- No entries --' ;; esac`,
    );
    expect((await collect([{ kind: 'journal' }])).summary).toMatchObject({ sources: [], errors: [{ code: 'journal-missing' }] });
  });

  it('of this boot without a message of the kernel is not the node’s; a span of time may have none', async () => {
    fakeJournalctl('exit 0');
    expect((await collect([{ kind: 'journal' }])).summary).toMatchObject({ sources: [], errors: [{ code: 'journal-empty' }] });
    expect((await collect([{ kind: 'journal', since: '-2h' }])).summary).toMatchObject({ sources: ['journal'], errors: [] });
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
