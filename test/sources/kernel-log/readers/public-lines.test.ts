import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { publicLog } from '../../../../src/sources/bundle/log-excerpt.js';
import { parseKernelLog } from '../../../../src/sources/kernel-log/parser.js';
import { publicLines } from '../../../../src/sources/kernel-log/readers/public-lines.js';

const SECRET = 'swordfish';
const SEED = readFileSync('test/fixtures/oom-logs/seed-cdi-importer.txt', 'utf8').trimEnd().split('\n');
const LOGS = readdirSync('test/fixtures/oom-logs').filter((name) => name.endsWith('.txt'));

/** The seed's lines under a prefix, with another line between every two. */
function mixed(prefix: string, between: string): string {
  return SEED.filter((line) => line !== '')
    .flatMap((line) => [`${prefix}${line}`, between])
    .join('\n');
}

function shown(text: string): string[] {
  const { line, count } = publicLines(text, 'x');
  return Array.from({ length: count }, (_, index) => line(index + 1)).filter((one) => one !== undefined);
}

describe('the lines of a log that others may see', () => {
  it.each([
    ['another program', 'Mar 13 11:16:48 node1 kernel: ', 'Mar 13 11:16:48 node1 app[12]: the word is swordfish'],
    ['sshd', 'Mar 13 11:16:48 node1 kernel: ', 'Mar 13 11:16:48 node1 sshd: swordfish'],
    ['a program without a tag', '', '2024-03-13T11:16:48Z INFO swordfish'],
    ['nobody knows whom', '', 'the word is swordfish'],
    ['a program whose lines have a date in brackets', '', '[2024-03-13 11:16:48] INFO swordfish'],
    ['a program that logs to /dev/kmsg', '', '30,17,580237400000,-;app[12]: swordfish'],
    ['a program, by dmesg -x', 'kern  :info  : ', 'daemon:info  : [580237.4] swordfish'],
    ['a container, by CRI', '', '2024-03-13T11:16:48.1Z stdout F swordfish'],
    ['a journal entry of another unit', '', '{"MESSAGE":"swordfish","SYSLOG_IDENTIFIER":"app","_CMDLINE":"app swordfish"}'],
    ['the same without an identifier', '', '{"MESSAGE":"the word is swordfish","_SOURCE_MONOTONIC_TIMESTAMP":"580237400000"}'],
  ])('leave out those of %s', (_, prefix, between) => {
    const text = mixed(prefix, between);
    expect(shown(text).join('\n')).not.toContain(SECRET);
    expect(shown(text)).toEqual(shown(mixed(prefix, '')).filter((line) => line !== ''));
    expect(parseKernelLog(publicLog(text), 'x')).toEqual(parseKernelLog(text, 'x'));
  });

  it.each([
    '[580237.400000] app: connecting with password=swordfish',
    '[580237.400000] app: token Zq7xK2mLv4tR8w',
    '[580237.400000] app: mysql -pswordfish',
    'Mar 13 11:16:48 node1 kernel: app: https://u:swordfish@host/x?sig=Zq7xK2mLv4tR8w',
    '6,17,580237400000,-;Zq7xK2mLv4tR8w',
    'app: Zq7xK2mLv4tR8w Memory cgroup out of memory: Killed process 18524 (cdi-importer) total-vm:1kB',
    'Mar 13 11:16:48 node1 app: Zq7xK2mLv4tR8w Killed process 18524 (cdi-importer) total-vm:1kB',
    '{"log":"app: Killed process 18524 (cdi-importer) total-vm:1kB","password":"swordfish"}',
    '[580237.400000] token=swordfish invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
  ])('have no secret of %s', (between) => {
    const text = shown(mixed('', between)).join('\n');
    expect(text).not.toMatch(/swordfish|Zq7xK2mLv4tR8w/);
    expect(text).toContain('redacted');
  });

  it('keep every report of real logs as it is', () => {
    for (const name of LOGS) {
      const text = readFileSync(`test/fixtures/oom-logs/${name}`, 'utf8');
      expect(parseKernelLog(publicLog(text), name)).toEqual(parseKernelLog(text, name));
    }
  });
});
