import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cdiPaths } from '../../../src/import/cdi/paths.js';
import { runCdiImport } from '../../../src/import/cdi/run.js';
import { MIB } from '../../../src/model/index.js';
import { renderMessage } from '../../../src/render/index.js';
import { type ServedImage, serveImage } from './image-server.js';

let root = '';
let server: ServedImage | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oomkit-archive-'));
  mkdirSync(join(root, 'data'));
  mkdirSync(join(root, 'dev'));
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(root, { recursive: true });
});

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly text?: string };

/** An archive of entries, whatever they are. */
async function archiveOf(...entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text, ...header } of entries) archive.entry(header, text ?? '');
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces);
}

async function unpack(archive: Uint8Array, env: Readonly<Record<string, string>> = {}) {
  server = await serveImage(archive);
  const paths = cdiPaths(root);
  const exitCode = await runCdiImport({
    env: {
      IMPORTER_SOURCE: 'http',
      IMPORTER_ENDPOINT: server.url,
      IMPORTER_CONTENTTYPE: 'archive',
      IMPORTER_IMAGE_SIZE: '100Mi',
      PREALLOCATION: 'false',
      ...env,
    },
    paths,
    retry: { retries: 0, firstDelayMs: 1, maxDelayMs: 1 },
    signal: AbortSignal.timeout(30_000),
    onProgress: () => undefined,
    say: () => undefined,
    inWords: (text) => renderMessage(text, { lang: 'en' }),
  });
  return { exitCode, termination: readFileSync(paths.terminationMessage, 'utf8') };
}

const data = (path = ''): string => join(root, 'data', path);

describe('an archive for a claim', () => {
  it('is unpacked as tar does, compressed or not, and replaces what an earlier attempt left', async () => {
    const source = join(root, 'source');
    mkdirSync(join(source, 'deep/er'), { recursive: true });
    writeFileSync(join(source, 'deep/er/large.bin'), randomBytes(3 * MIB));
    writeFileSync(join(source, 'script.sh'), 'echo', { mode: 0o755 });
    writeFileSync(join(source, 'empty'), '');
    chmodSync(join(source, 'deep/er'), 0o500);
    const archive = gzipSync(execFileSync('tar', ['-C', source, '-c', '.'], { maxBuffer: 16 * MIB }));
    const hex = createHash('sha256').update(archive).digest('hex');
    writeFileSync(data('script.sh'), 'what was there before');
    expect(await unpack(archive, { IMPORTER_CHECKSUM: `sha256:${hex}` })).toEqual({
      exitCode: 0,
      termination: '{"scratchSpaceRequired":false,"preallocationApplied":false,"message":"Import Complete"}',
    });
    execFileSync('diff', ['-r', source, data()]);
    expect(statSync(data('script.sh')).mode & 0o7777).toBe(0o755);
    expect(statSync(data('deep/er')).mode & 0o7777).toBe(0o500);
  });

  it('brings no set-user-ID', async () => {
    expect(await unpack(await archiveOf({ name: 'sh', mode: 0o4755, text: 'x' }))).toMatchObject({ exitCode: 0 });
    expect(statSync(data('sh')).mode & 0o7777).toBe(0o755);
  });

  it.each([['../outside'], ['a/../../outside'], ['/outside']])('does not write %s', async (name) => {
    const { exitCode, termination } = await unpack(await archiveOf({ name, text: 'x' }));
    expect(exitCode).toBe(1);
    expect(termination).toMatch(/^Unable to process data: .*outside.* would be written outside of the volume/);
    expect(existsSync(join(root, 'outside'))).toBe(false);
    expect(readdirSync(data())).toEqual([]);
  });

  it.each([
    ['symlink', { linkname: '/etc/passwd' }],
    ['link', { linkname: 'disk.img' }],
    ['character-device', { devmajor: 1, devminor: 3 }],
    ['block-device', { devmajor: 7, devminor: 0 }],
    ['fifo', {}],
  ] as const)('refuses a %s', async (type, header) => {
    const { exitCode, termination } = await unpack(await archiveOf({ name: 'odd', type, ...header }));
    expect(exitCode).toBe(1);
    expect(termination).toContain(`odd is a ${type}, and only files and directories are unpacked`);
    expect(readdirSync(data())).toEqual([]);
  });

  it('does not go through a link that is on the volume, nor write to what one points to', async () => {
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync('../elsewhere', data('directory'));
    expect(await unpack(await archiveOf({ name: 'directory/file', text: 'x' }))).toMatchObject({ exitCode: 1 });
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
    server?.close();
    symlinkSync('../elsewhere/file', data('file'));
    expect(await unpack(await archiveOf({ name: 'file', text: 'x' }))).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
    expect(readFileSync(data('file'), 'utf8')).toBe('x');
  });

  it('takes what is not what the checksum says off the volume', async () => {
    const archive = await archiveOf({ name: 'a/b', text: 'x' });
    const { exitCode, termination } = await unpack(archive, { IMPORTER_CHECKSUM: `md5:${'0'.repeat(32)}` });
    expect(exitCode).toBe(0);
    expect(JSON.parse(termination).message).toMatch(/^Unable to process data: checksum mismatch: /);
    expect(readdirSync(data())).toEqual([]);
  });

  it('ends at the size of the claim', async () => {
    const archive = await archiveOf({ name: 'large', text: 'x'.repeat(2 * MIB) });
    const { exitCode, termination } = await unpack(archive, { IMPORTER_IMAGE_SIZE: '1Mi' });
    expect(exitCode).toBe(1);
    expect(termination).toContain('is larger than the reported available');
  });

  it('says what is no archive, and what is cut off', async () => {
    expect((await unpack(randomBytes(MIB))).termination).toMatch(/: is raw and no tar archive$/);
    server?.close();
    const archive = await archiveOf({ name: 'large', text: 'x'.repeat(MIB) });
    expect((await unpack(archive.subarray(0, archive.length / 2))).termination).toMatch(/its tar is damaged/);
  });
});
