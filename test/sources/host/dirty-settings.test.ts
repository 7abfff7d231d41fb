import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { dirtyableBytes, dirtySettings, multiGenLru } from '../../../src/sources/host/dirty-settings.js';
import { hostAt } from '../../../src/sources/host/host.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const FILES = {
  'proc/sys/vm/dirty_ratio': '20\n',
  'proc/sys/vm/dirty_background_ratio': '10\n',
  'proc/sys/vm/dirty_bytes': '0\n',
  'proc/sys/vm/dirty_background_bytes': '0\n',
  'proc/sys/vm/dirty_writeback_centisecs': '500\n',
  'proc/sys/vm/dirty_expire_centisecs': '3000\n',
  'proc/meminfo': 'MemTotal:  9000 kB\nMemFree:   1000 kB\nActive(file):   200 kB\nInactive(file):    30 kB\n',
};

function host(changed: Readonly<Record<string, string>> = {}, without = '') {
  const root = temporaryDirectory();
  for (const [path, text] of Object.entries({ ...FILES, ...changed }).filter(([name]) => name !== without)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return hostAt(root);
}

it('reads the settings, and no age where nothing looks for old pages', () => {
  const settings = { dirtyRatio: 20, backgroundRatio: 10, dirtyBytes: 0, backgroundBytes: 0 };
  expect(dirtySettings(host())).toEqual({ ...settings, expireSeconds: 30 });
  expect(dirtySettings(host({ 'proc/sys/vm/dirty_writeback_centisecs': '0\n' }))).toEqual(settings);
});

it('tells nothing where one is missing or no number', () => {
  expect(dirtySettings(host({}, 'proc/sys/vm/dirty_bytes'))).toBeUndefined();
  expect(dirtySettings(host({ 'proc/sys/vm/dirty_ratio': 'x' }))).toBeUndefined();
  expect(dirtyableBytes(host({ 'proc/meminfo': 'MemFree: 1 kB\n' }))).toBeUndefined();
});

it('adds free memory and pages of files', () => {
  expect(dirtyableBytes(host())).toBe(1230 * 1024);
});

it.each([
  ['0x0007', true],
  ['0x0000', false],
  ['0x0006', false],
  ['', undefined],
])('reads the multi-gen LRU from %j', (mask, on) => {
  expect(multiGenLru(host({ 'sys/kernel/mm/lru_gen/enabled': mask }))).toBe(on);
  expect(multiGenLru(host())).toBe(false);
});
