import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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

  it('ends at a damaged place', async () => {
    const content = Buffer.from(contentOf());
    const middle = Math.floor(content.length / 2);
    content.fill(0xff, middle, middle + 400);
    const read = await readFileText(fileOf(content));
    expect(read.text.length).toBeLessThan(text.length);
    expect(read.summary.damages).toMatchObject([{ key: 'read.damaged' }]);
  });
}
