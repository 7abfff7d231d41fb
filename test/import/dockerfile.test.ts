import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../cli/built-program.js';

const lines = readFileSync('Dockerfile', 'utf8')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const instructions = (name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

/** What the code of an import names in its errors as the package to install, and each program's package. */
const sources = ['src/import', 'src/sources/streams']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)))
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const PROGRAMS: Readonly<Record<string, string>> = {
  bzip2: 'bzip2',
  openssl: 'openssl',
  'qemu-utils': 'qemu-img',
  'xz-utils': 'xz',
  zstd: 'zstd',
};
/** In every Debian: its packages' priority is essential. */
const ESSENTIAL = ['util-linux'];

describe('the Dockerfile', () => {
  const installed =
    /apt-get install -y --no-install-recommends ([a-z0-9 +.-]+?) &&/.exec(instructions('RUN').join('\n'))?.[1]?.split(' ') ?? [];

  it('copies what is in the repository and not kept from the build', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    expect(ignored[0]).toBe('*');
    const paths = instructions('COPY')
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) {
      expect({ path, exists: existsSync(path), sent: ignored.includes(`!${path}`) }).toEqual({ path, exists: true, sent: true });
    }
  });

  it('copies from its own stages what the build makes', () => {
    const stages = instructions('FROM').flatMap((text) => / AS (\S+)$/.exec(text)?.[1] ?? []);
    const copies = instructions('COPY').flatMap((text) => /^--from=(\S+) (.*)$/.exec(text)?.slice(1, 3) ?? []);
    expect(copies.length).toBeGreaterThan(0);
    for (let at = 0; at < copies.length; at += 2) expect(stages).toContain(copies[at]);
    for (const made of ['package.json', 'LICENSE', 'dist', 'node_modules']) expect(copies.join(' ')).toContain(`/src/${made}`);
  });

  it('installs what an import runs, and nothing else', () => {
    expect([...installed].sort()).toEqual(Object.keys(PROGRAMS).sort());
    for (const program of Object.values(PROGRAMS)) expect(sources).toContain(`'${program}'`);
    const asked = [...sources.matchAll(/\bpackage: '([a-z0-9-]+)'/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(3);
    for (const name of asked) expect([...installed, ...ESSENTIAL]).toContain(name);
  });

  it('runs on the Node that the program needs', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    const major = /^node:(\d+)-/.exec(
      instructions('ARG')
        .find((text) => text.startsWith('NODE='))
        ?.slice(5) ?? '',
    )?.[1];
    expect(engines.node).toBe(`>=${major}.19`);
  });

  describe('its entry point', () => {
    let root = '';

    beforeAll(() => {
      buildProgram();
      root = mkdtempSync(join(tmpdir(), 'oomkit-entry-'));
      mkdirSync(join(root, 'data'));
      mkdirSync(join(root, 'dev'));
      return () => rmSync(root, { recursive: true });
    });

    it('starts the program that is copied there, as the controller does', () => {
      const [command = '', ...words] = JSON.parse(instructions('ENTRYPOINT')[0] ?? '[]') as string[];
      // The same words, where the image has the repository's dist/.
      const args = words.map((word) => word.replace('/usr/lib/oomkit/', ''));
      expect(instructions('COPY')).toContain('--from=build /src/dist /usr/lib/oomkit/dist');
      const { status, stderr } = spawnSync(command, [...args, '-v=1'], {
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          LC_ALL: 'C',
          OOMKIT_CDI_ROOT: root,
          OOMKIT_CDI_METRICS: '127.0.0.1:0',
          IMPORTER_SOURCE: 'none',
          IMPORTER_CONTENTTYPE: 'kubevirt',
          IMPORTER_IMAGE_SIZE: '8Mi',
          PREALLOCATION: 'false',
        },
      });
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(readFileSync(join(root, 'dev/termination-log'), 'utf8')).toContain('"Import Complete"');
      expect(existsSync(join(root, 'data/disk.img'))).toBe(true);
    });
  });
});
