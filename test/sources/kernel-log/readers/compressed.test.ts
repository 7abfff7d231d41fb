import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDirectory } from '../../../support/temporary-directory.js';
import { collect, manyLines } from './collecting-sink.js';

const text = manyLines(20_000);

function installed(tool: string): boolean {
  return spawnSync(tool, ['--version']).error === undefined;
}

function compressed(tool: string): Buffer {
  return execFileSync(tool, ['-c'], { input: text, maxBuffer: 1 << 28 });
}

function fileOf(content: Uint8Array): string {
  const path = join(temporaryDirectory(), 'log');
  writeFileSync(path, content);
  return path;
}

async function readFileText(path: string) {
  const { summary, texts } = await collect([{ kind: 'path', path }]);
  return { summary, text: texts.get(path) ?? '' };
}

describe('gzip', () => {
  it('is recognised by its bytes, whatever the name', async () => {
    const read = await readFileText(fileOf(gzipSync(text)));
    expect(read.text).toBe(text);
    expect(read.summary.damages).toEqual([]);
  });

  it('may have several members', async () => {
    const read = await readFileText(fileOf(Buffer.concat([gzipSync(text), gzipSync('the end\n')])));
    expect(read.text).toBe(`${text}the end\n`);
  });

  it('keeps what comes before a cut, and says that it is cut', async () => {
    const whole = gzipSync(text);
    const read = await readFileText(fileOf(whole.subarray(0, whole.length - 2000)));
    expect(text.startsWith(read.text)).toBe(true);
    expect(read.text.length).toBeGreaterThan(text.length * 0.99);
    expect(read.summary.damages).toMatchObject([
      { key: 'read.damaged', params: { detail: { value: 'unexpected end of file' } } },
    ]);
    expect(read.summary.sources).toHaveLength(1);
  });

  it('keeps what comes before a damaged place', async () => {
    const damaged = gzipSync(text);
    const middle = Math.floor(damaged.length / 2);
    damaged.fill(0xff, middle, middle + 100);
    const read = await readFileText(fileOf(damaged));
    expect(read.text.length).toBeGreaterThan(text.length * 0.4);
    expect(read.summary.damages).toHaveLength(1);
    const { texts } = await collect([{ kind: 'stdin' }], { stdin: Readable.from([damaged]) });
    expect(texts.get('-') === read.text).toBe(true);
  });

  it.each([
    ['a stray byte', Buffer.from('x'), 'trailing garbage'],
    ['another file’s text', Buffer.from('Jan  1 00:00:00 host syslogd: restart\n'.repeat(900)), 'trailing garbage'],
    ['NULs, as a crash leaves them', Buffer.alloc(70_000), undefined],
  ])('gives its newest lines, though %s stands behind it', async (_, behind, detail) => {
    const content = Buffer.concat([gzipSync(text), behind]);
    const damages = detail === undefined ? [] : [{ key: 'read.damaged', params: { detail: { value: detail } } }];
    const read = await readFileText(fileOf(content));
    expect(read.text === text).toBe(true);
    expect(read.summary.damages).toMatchObject(damages);
    const piped = await collect([{ kind: 'stdin' }], { stdin: Readable.from([content]) });
    expect(piped.texts.get('-') === text).toBe(true);
    expect(piped.summary.damages).toMatchObject(damages);
  });

  it('with a wrong checksum gives all of its lines, and says so', async () => {
    const wrong = gzipSync(text);
    wrong[wrong.length - 8] = (wrong[wrong.length - 8] ?? 0) ^ 1;
    const read = await readFileText(fileOf(Buffer.concat([wrong, gzipSync('the end\n')])));
    expect(read.text === `${text}the end\n`).toBe(true);
    expect(read.summary.damages).toMatchObject([{ params: { detail: { value: 'incorrect data check' } } }]);
  });

  it('gives what lies behind the NULs between its members', async () => {
    const read = await readFileText(fileOf(Buffer.concat([gzipSync(text), Buffer.alloc(512), gzipSync('the end\n')])));
    expect(read.text === `${text}the end\n`).toBe(true);
    expect(read.summary.damages).toEqual([]);
  });

  it('is read from a stream of any chunking', async () => {
    const whole = gzipSync(text);
    const chunks = [whole.subarray(0, 1), whole.subarray(1, 3), whole.subarray(3, 70_000), whole.subarray(70_000)];
    const { texts } = await collect([{ kind: 'stdin' }], { stdin: Readable.from(chunks) });
    expect(texts.get('-')).toBe(text);
  });
});

describe.each(['zstd', 'xz'] as const)('%s', (tool) => {
  // Without the tool there is nothing to make a compressed log with: a test's own encoder would prove little.
  describe.skipIf(!installed(tool))('made by the tool', () => {
    let content: Buffer;
    beforeAll(() => {
      content = compressed(tool);
    });

    describe('read by the tool', () => {
      defineFormatTests(() => content);
    });

    describe('read by WebAssembly where there is no tool', () => {
      beforeEach(() => {
        vi.stubEnv('PATH', '/nonexistent');
        return () => {
          vi.unstubAllEnvs();
        };
      });
      defineFormatTests(() => content);
    });
  });
});

function defineFormatTests(contentOf: () => Buffer): void {
  it('reads a file', async () => {
    const read = await readFileText(fileOf(contentOf()));
    expect(read.text).toBe(text);
    expect(read.summary.damages).toEqual([]);
  });

  it('reads a stream', async () => {
    const content = contentOf();
    const stdin = Readable.from([content.subarray(0, 2), content.subarray(2, 4000), content.subarray(4000)]);
    const { texts, summary } = await collect([{ kind: 'stdin' }], { stdin });
    expect(texts.get('-')).toBe(text);
    expect(summary.damages).toEqual([]);
  });

  it('keeps what comes before a cut, and says that it is cut', async () => {
    const content = contentOf();
    const read = await readFileText(fileOf(content.subarray(0, content.length * 0.75)));
    expect(text.startsWith(read.text)).toBe(true);
    expect(read.text.length).toBeGreaterThan(text.length / 4);
    expect(read.summary.damages).toMatchObject([{ key: 'read.damaged' }]);
  });

  it('gives its newest lines, though something stands behind it', async () => {
    const content = Buffer.concat([contentOf(), Buffer.from('no more of it\n')]);
    const read = await readFileText(fileOf(content));
    expect(read.text === text).toBe(true);
    expect(read.summary.damages).toMatchObject([{ key: 'read.damaged' }]);
    const piped = await collect([{ kind: 'stdin' }], { stdin: Readable.from([content]) });
    expect(piped.texts.get('-') === text).toBe(true);
  });

  it('may be several in a row', async () => {
    const read = await readFileText(fileOf(Buffer.concat([contentOf(), contentOf()])));
    expect(read.text === text + text).toBe(true);
    expect(read.summary.damages).toEqual([]);
  });

  it('ends at a damaged place', async () => {
    const content = Buffer.from(contentOf());
    const middle = Math.floor(content.length / 2);
    content.fill(0xff, middle, middle + 400);
    const read = await readFileText(fileOf(content));
    expect(read.text.length).toBeLessThan(text.length);
    expect(read.summary.damages).toMatchObject([{ key: 'read.damaged' }]);
  });
}

describe.skipIf(!installed('zstd'))('zstd', () => {
  const zstd = (input: string, ...options: readonly string[]): Buffer =>
    execFileSync('zstd', ['-c', '-q', ...options], { input, maxBuffer: 1 << 28 });
  const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('hello')]);
  const withoutTool = (): void => {
    vi.stubEnv('PATH', '/nonexistent');
    onTestFinished(() => void vi.unstubAllEnvs());
  };

  it.each(['the tool', 'WebAssembly'])(
    'begins with a frame to be passed over, as pzstd’s does, and is read by %s',
    async (by) => {
      const content = Buffer.concat([skippable, zstd(text), skippable, zstd('the end\n')]);
      if (by === 'WebAssembly') withoutTool();
      const read = await readFileText(fileOf(content));
      expect(read.text === `${text}the end\n`).toBe(true);
      expect(read.summary).toMatchObject({ damages: [], errors: [], binaries: [] });
    },
  );

  it.each(['the tool', 'WebAssembly'])(
    'gives every block before the one that is damaged, and the frames behind it, by %s',
    async (by) => {
      const lines = Array.from({ length: 8 }, (_, at) => manyLines(600 + at));
      // Of frames of one block one of several: the tool decodes small ones in one step, and prints none of them when one is damaged.
      const blocks = lines.map((block) => zstd(block, '--no-check'));
      const [bodies, last] = [
        blocks.slice(0, -1).map((frame) => bodyOf(frame, false)),
        bodyOf(blocks.at(-1) ?? Buffer.alloc(0), true),
      ];
      const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]);
      const broken = Buffer.from(last);
      broken.fill(0xff, 3);
      const content = Buffer.concat([header, ...bodies, broken, zstd('the end\n')]);
      if (by === 'WebAssembly') withoutTool();
      const read = await readFileText(fileOf(content));
      expect(read.text === `${lines.slice(0, -1).join('')}the end\n`).toBe(true);
      expect(read.summary.damages).toMatchObject([{ key: 'read.damaged' }]);
    },
  );

  it.each(['the tool', 'WebAssembly'])('that asks for more memory than a log needs is refused, by %s', async (by) => {
    const asking = zstd(text, '--long=27', '--no-check');
    if (by === 'WebAssembly') withoutTool();
    const read = await readFileText(fileOf(asking));
    expect(read.summary.errors).toMatchObject([{ code: 'decoder-memory' }]);
  });

  it('does not heed options for the tool in the environment', async () => {
    const content = zstd(text);
    vi.stubEnv('ZSTD_NBTHREADS', 'many');
    vi.stubEnv('ZSTD_CLEVEL', 'x');
    onTestFinished(() => void vi.unstubAllEnvs());
    const read = await readFileText(fileOf(content));
    expect({ same: read.text === text, damages: read.summary.damages }).toEqual({ same: true, damages: [] });
  });
});

/** The block of a frame that has one (RFC 8878, 3.1.1), as one that more follow, or as the last. */
function bodyOf(frame: Buffer, isLast: boolean): Buffer {
  const descriptor = frame[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const body = Buffer.from(frame.subarray(5 + (isSingleSegment ? 0 : 1) + sizeBytes));
  body[0] = ((body[0] ?? 0) & 0xfe) | (isLast ? 1 : 0);
  return body;
}

describe.skipIf(!installed('xz'))('xz', () => {
  it('that asks for more memory than a log needs is refused', async () => {
    const content = execFileSync('xz', ['-c', '--lzma2=preset=0,dict=65MiB'], { input: text, maxBuffer: 1 << 28 });
    expect((await readFileText(fileOf(content))).summary.errors).toMatchObject([{ code: 'decoder-memory' }]);
  });

  it('does not heed options for the tool in the environment', async () => {
    vi.stubEnv('XZ_OPT', '--format=raw');
    onTestFinished(() => void vi.unstubAllEnvs());
    const content = execFileSync('xz', ['-c'], { input: text, env: { PATH: process.env.PATH }, maxBuffer: 1 << 28 });
    const read = await readFileText(fileOf(content));
    expect({ same: read.text === text, damages: read.summary.damages }).toEqual({ same: true, damages: [] });
  });
});
