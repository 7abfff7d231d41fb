import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogSink } from '../../../../src/sources/kernel-log/readers/log-sink.js';
import { readLogs } from '../../../../src/sources/kernel-log/readers/read-logs.js';
import { temporaryDirectory } from '../../../support/temporary-directory.js';
import { CollectingSink, collect, manyLines } from './collecting-sink.js';

describe('a file', () => {
  it('larger than the buffer is read whole', async () => {
    const text = manyLines(60_000);
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, text);
    const { texts, summary } = await collect([{ kind: 'path', path }]);
    expect(texts.get(path)).toBe(text);
    expect(summary).toEqual({ sources: [path], binaries: [], errors: [], damages: [], notes: [] });
  });

  it('may be empty', async () => {
    const path = join(temporaryDirectory(), 'empty');
    writeFileSync(path, '');
    const { texts, summary } = await collect([{ kind: 'path', path }]);
    expect(texts.get(path)).toBe('');
    expect(summary.sources).toEqual([path]);
  });

  it('that is no text is read, and known to be none', async () => {
    const path = join(temporaryDirectory(), 'image');
    writeFileSync(path, Buffer.concat([Buffer.from('\x7fELF'), randomBytes(100_000)]));
    const { summary } = await collect([{ kind: 'path', path }]);
    expect(summary.binaries).toEqual([path]);
  });

  it('that begins with the NULs of a crash is text', async () => {
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, `${'\0'.repeat(8192)}Linux version 6.1.0\n`);
    const { summary } = await collect([{ kind: 'path', path }]);
    expect(summary.binaries).toEqual([]);
  });

  it('that does not exist is an error of its own, and the others are read', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'kern.log');
    writeFileSync(path, 'one\n');
    const missing = join(directory, 'absent');
    const { texts, summary } = await collect([
      { kind: 'path', path: missing },
      { kind: 'path', path },
    ]);
    expect(summary.errors).toMatchObject([{ code: 'not-found', path: missing, problem: { key: 'read.error.not-found' } }]);
    expect(texts.get(path)).toBe('one\n');
  });

  it.each([
    ['bzip2', 'BZh91AY&SY', 'bzip2 -dc'],
    ['lz4', '\x04"M\x18', 'lz4 -dc'],
    ['journal', 'LPKSHHRH\0\0\0\0', 'journalctl -k -o json --file'],
  ])('of a format that cannot be read (%s) names the command that can', async (format, head, command) => {
    const path = join(temporaryDirectory(), 'log');
    writeFileSync(path, Buffer.from(head, 'latin1'));
    const { summary } = await collect([{ kind: 'path', path }]);
    expect(summary.errors).toMatchObject([
      { code: 'unsupported-format', problem: { params: { format: { value: format }, command: { value: command } } } },
    ]);
    expect(summary.sources).toEqual([]);
  });

  it.each([
    ['plain', (text: string) => Buffer.from(text)],
    ['gzip', (text: string) => gzipSync(text, { level: 0 })],
  ])('that is truncated while it is read (%s) was not read whole, and that is said', async (_, pack) => {
    const path = join(temporaryDirectory(), 'kern.log');
    const text = manyLines(40_000);
    writeFileSync(path, pack(text));
    const sink = new CollectingSink();
    const truncating: LogSink = {
      reserve: () => sink.reserve(),
      advance: (length) => {
        sink.advance(length);
        truncateSync(path, 0);
      },
      push: (chunk) => {
        sink.push(chunk);
        truncateSync(path, 0);
      },
      end: () => sink.end(),
    };
    const summary = await readLogs([{ kind: 'path', path }], { openSink: () => truncating });
    expect(sink.text.length).toBeGreaterThan(0);
    expect(text.startsWith(sink.text)).toBe(true);
    expect(summary.damages).toMatchObject([{ key: 'read.truncated', params: { path: { value: path } } }]);
  });

  it('that grows while it is read has lost nothing', async () => {
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, manyLines(10));
    const sink = new CollectingSink();
    const growing: LogSink = {
      reserve: () => sink.reserve(),
      advance: (length) => {
        if (sink.text.length < 10_000) appendFileSync(path, manyLines(10));
        sink.advance(length);
      },
      push: (chunk) => sink.push(chunk),
      end: () => sink.end(),
    };
    expect((await readLogs([{ kind: 'path', path }], { openSink: () => growing })).damages).toEqual([]);
  });

  it('reports progress with its size and stops when aborted', async () => {
    const path = join(temporaryDirectory(), 'kern.log');
    const size = 40 * 1024 * 1024;
    writeFileSync(path, Buffer.alloc(size, 'all quiet here\n'));
    const controller = new AbortController();
    const seen: number[] = [];
    const reading = collect([{ kind: 'path', path }], {
      signal: controller.signal,
      onProgress: ({ source, bytesRead, totalBytes }) => {
        expect(source).toBe(path);
        expect(totalBytes).toBe(size);
        seen.push(bytesRead);
        if (seen.length === 2) controller.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(2);
    expect(seen[1]).toBeLessThan(size);
  });
});

describe('a special file', () => {
  it('that is a pipe is read to its end', async () => {
    const path = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [path]);
    const text = manyLines(5000);
    const writer = spawn('sh', ['-c', 'cat > "$0"', path], { stdio: ['pipe', 'ignore', 'ignore'] });
    writer.stdin.end(text);
    const { texts } = await collect([{ kind: 'path', path }]);
    expect(texts.get(path)).toBe(text);
  });

  it('that is a socket is refused', async () => {
    const path = join(temporaryDirectory(), 'socket');
    const server = createServer().listen(path);
    onTestFinished(() => {
      server.close();
    });
    await once(server, 'listening');
    const { summary } = await collect([{ kind: 'path', path }]);
    expect(summary.errors).toMatchObject([{ code: 'special-file', path }]);
  });

  it('that is empty for ever (/dev/null) is read as an empty text', async () => {
    const { texts, summary } = await collect([{ kind: 'path', path: '/dev/null' }]);
    expect(texts.get('/dev/null')).toBe('');
    expect(summary.errors).toEqual([]);
  });
});

describe('standard input', () => {
  it('is read to its end and closed', async () => {
    const stdin = Readable.from([Buffer.from('one\ntw'), Buffer.from('o\n')]);
    const { texts } = await collect([{ kind: 'stdin' }], { stdin });
    expect(texts.get('-')).toBe('one\ntwo\n');
    expect(stdin.destroyed).toBe(true);
  });

  it('that never ends is left when aborted', async () => {
    const controller = new AbortController();
    const stdin = new Readable({ read: () => undefined });
    const reading = collect([{ kind: 'stdin' }], { stdin, signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a directory', () => {
  it('is read recursively, rotations from the oldest to the current', async () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'pods', 'app'), { recursive: true });
    writeFileSync(join(root, 'syslog'), '4\n');
    writeFileSync(join(root, 'syslog.1'), '3\n');
    writeFileSync(join(root, 'syslog.2.gz'), gzipSync('2\n'));
    writeFileSync(join(root, 'syslog.10.gz'), gzipSync('1\n'));
    writeFileSync(join(root, 'pods', 'app', '0.log'), '0\n');
    const { texts, summary } = await collect([{ kind: 'path', path: root }]);
    expect([...texts.values()].join('')).toBe('0\n1\n2\n3\n4\n');
    expect(summary.errors).toEqual([]);
  });

  it('passes over files that are no text and says so once', async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, 'kern.log'), 'text\n');
    writeFileSync(join(root, 'system.journal'), Buffer.concat([Buffer.from('LPKSHHRH'), Buffer.alloc(64)]));
    writeFileSync(join(root, 'wtmp'), Buffer.alloc(384, 7));
    const { summary } = await collect([{ kind: 'path', path: root }]);
    expect(summary.sources).toEqual([join(root, 'kern.log')]);
    expect(summary.notes).toMatchObject([
      { key: 'read.skipped-binaries', params: { count: { value: 1 }, example: { value: join(root, 'wtmp') } } },
    ]);
    // The kernel's messages may be in there: nothing found beside it is no proof.
    expect(summary.unread).toMatchObject([
      { key: 'read.skipped-journals', params: { count: { value: 1 }, example: { value: join(root, 'system.journal') } } },
    ]);
  });

  it('follows links to files, reads a file once, and does not follow links to directories', async () => {
    const root = temporaryDirectory();
    const elsewhere = temporaryDirectory();
    writeFileSync(join(elsewhere, 'real.log'), 'real\n');
    writeFileSync(join(elsewhere, 'hidden.log'), 'hidden\n');
    symlinkSync(join(elsewhere, 'real.log'), join(root, 'a.log'));
    symlinkSync(join(elsewhere, 'real.log'), join(root, 'b.log'));
    symlinkSync(elsewhere, join(root, 'directory'));
    symlinkSync(root, join(root, 'loop'));
    symlinkSync(join(elsewhere, 'gone'), join(root, 'dangling.log'));
    const { texts, summary } = await collect([{ kind: 'path', path: root }]);
    expect([...texts]).toEqual([[join(root, 'a.log'), 'real\n']]);
    expect(summary.errors).toEqual([]);
  });

  it('with an archive that cannot be read gives the rest', async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, 'kern.log'), 'text\n');
    writeFileSync(join(root, 'kern.log.1.bz2'), 'BZh91AY&SY');
    const { texts, summary } = await collect([{ kind: 'path', path: root }]);
    expect([...texts.values()]).toContain('text\n');
    expect(summary.errors).toMatchObject([{ code: 'unsupported-format' }]);
  });
});
