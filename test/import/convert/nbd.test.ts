import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { duplexPair } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Exported, serveNbd } from '../../../src/import/convert/nbd/serve.js';
import { noise } from '../../support/image-bytes.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const run = promisify(execFile);

/** An export of these bytes in pieces of a fixed length; `failAt`: reading beyond fails. */
function exportOf(bytes: Uint8Array, failAt = Number.POSITIVE_INFINITY): Exported & { readonly expected: [number, number][] } {
  const expected: [number, number][] = [];
  return {
    expected,
    sizeBytes: bytes.length,
    expect: (offset, length) => void expected.push([offset, length]),
    pieces: async function* (offset, length) {
      for (let at = offset; at < offset + length; at += 10_000) {
        if (at >= failAt) throw new Error('the source failed');
        yield bytes.subarray(at, Math.min(at + 10_000, offset + length));
      }
    },
  };
}

/** Serves at a socket in a directory of the test's own; the URI, and what each connection ended with. */
async function serve(
  exported: Exported,
): Promise<{ readonly uri: string; readonly path: string; readonly ends: Promise<unknown>[] }> {
  const path = join(temporaryDirectory(), 'nbd.sock');
  const ends: Promise<unknown>[] = [];
  const server = createServer((socket) => void ends.push(serveNbd(socket, exported)));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
  return { uri: `nbd+unix:///?socket=${path}`, path, ends };
}

/** The other end of a connection, and what has come from the server so far. */
function connect(exported: Exported) {
  const [client, stream] = (duplexPair as () => [Duplex, Duplex])();
  const ended = serveNbd(stream, exported);
  let received: Buffer = Buffer.alloc(0);
  client.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
  });
  const take = async (length: number): Promise<Buffer> => {
    while (received.length < length) await new Promise((resolve) => setImmediate(resolve));
    const taken = received.subarray(0, length);
    received = received.subarray(length);
    return taken;
  };
  return { client, ended, take };
}

function option(number: number, data = Buffer.alloc(0), length = data.length): Buffer {
  const header = Buffer.alloc(16);
  header.write('IHAVEOPT', 0, 'latin1');
  header.writeUInt32BE(number, 8);
  header.writeUInt32BE(length, 12);
  return Buffer.concat([header, data]);
}

function request(type: number, offset: number | bigint, length: number): Buffer {
  const message = Buffer.alloc(28);
  message.writeUInt32BE(0x25609513, 0);
  message.writeUInt16BE(type, 6);
  message.writeBigUInt64BE(77n, 8);
  message.writeBigUInt64BE(BigInt(offset), 16);
  message.writeUInt32BE(length, 24);
  return message;
}

const FLAGS = Buffer.from([0, 0, 0, 3]);

/** A connection that has come to the requests. */
async function open(exported: Exported) {
  const connection = connect(exported);
  connection.client.write(Buffer.concat([FLAGS, option(1)]));
  await connection.take(18 + 10);
  return connection;
}

describe('the NBD server', () => {
  it('is read by qemu-img, at an odd size and at any offset', async () => {
    const bytes = noise(3_000_001);
    const { uri, ends } = await serve(exportOf(bytes));
    const copy = join(temporaryDirectory(), 'copy.raw');
    await run('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', uri, copy]);
    const padded = Buffer.concat([bytes, Buffer.alloc(512 - (bytes.length % 512))]);
    expect(Buffer.compare(readFileSync(copy), padded)).toBe(0);
    await run('qemu-io', ['-r', '-f', 'raw', '-c', 'read -v 1234567 100', uri]);
    expect(await Promise.all(ends)).toEqual(ends.map(() => undefined));
  });

  it('is read only', async () => {
    const { uri } = await serve(exportOf(noise(100_000)));
    await expect(run('qemu-io', ['-f', 'raw', '-c', 'write 0 4096', uri])).rejects.toThrow(/read-only|Permission|not permitted/i);
  });

  it('answers an I/O error, and tells the cause to its caller', async () => {
    const { uri, ends } = await serve(exportOf(noise(1_000_000), 500_000));
    await expect(
      run('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', uri, join(temporaryDirectory(), 'copy')]),
    ).rejects.toThrow();
    expect(await Promise.all(ends)).toContainEqual(new Error('the source failed'));
  });

  it('gives exactly what is asked for, in the order of the requests, and hears of those that wait', async () => {
    const bytes = noise(300_000);
    const exported = exportOf(bytes);
    const { client, take, ended } = await open(exported);
    client.write(Buffer.concat([request(0, 7, 25_000), request(0, 299_990, 10), request(2, 0, 0)]));
    const first = await take(16 + 25_000);
    expect(first.readUInt32BE(4)).toBe(0);
    expect(first.readBigUInt64BE(8)).toBe(77n);
    expect(first.subarray(16).equals(bytes.subarray(7, 25_007))).toBe(true);
    expect((await take(26)).subarray(16).equals(bytes.subarray(299_990))).toBe(true);
    expect(await ended).toBeUndefined();
    expect(exported.expected).toEqual([
      [7, 25_000],
      [299_990, 10],
    ]);
  });

  it.each([
    ['beyond the end', request(0, 300_000, 100)],
    ['at an offset that is none', request(0, 2n ** 64n - 1n, 4096)],
    ['longer than is answered at once', request(0, 0, 2 ** 31)],
    ['of nothing', request(0, 0, 0)],
  ])('refuses a read %s, and goes on', async (_, bad) => {
    const { client, take } = await open(exportOf(noise(300_032)));
    client.write(Buffer.concat([bad, request(0, 0, 10)]));
    expect((await take(16)).readUInt32BE(4)).toBe(22);
    expect((await take(26)).readUInt32BE(4)).toBe(0);
    client.destroy();
  });

  it.each([
    ['no NBD', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a client of the oldest kind', Buffer.alloc(4)],
    ['flags that were not offered', Buffer.from([0, 0, 0, 7])],
    ['an option that is none', Buffer.concat([FLAGS, Buffer.alloc(16)])],
    ['an option of 4 GiB', Buffer.concat([FLAGS, option(7, undefined, 0xffffffff)])],
    ['a request that is none', Buffer.concat([FLAGS, option(1), Buffer.alloc(28)])],
  ])('ends with %s', async (_, data) => {
    const { client, ended } = connect(exportOf(noise(1000)));
    client.write(data);
    expect(await ended).toBeUndefined();
  });

  it('ends with a client that writes, whose data is no request', async () => {
    const { client, take, ended } = await open(exportOf(noise(1000)));
    client.write(Buffer.concat([request(1, 0, 512), Buffer.alloc(512)]));
    expect((await take(16)).readUInt32BE(4)).toBe(1);
    expect(await ended).toBeUndefined();
  });

  it('ends with a client that sends requests without end and reads no answers', async () => {
    const { path, ends } = await serve(exportOf(noise(2_000_000)));
    const socket = createConnection(path);
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write(Buffer.concat([FLAGS, option(1), ...Array.from({ length: 500 }, () => request(0, 0, 1_900_000))]));
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
    setTimeout(() => socket.destroy(), 200);
    expect(await ends[0]).toBeUndefined();
  });

  it('reads for no request of a client that is gone', async () => {
    const [client, stream] = (duplexPair as () => [Duplex, Duplex])();
    const asked: number[] = [];
    const release = new AbortController();
    const exported: Exported = {
      sizeBytes: 8192,
      expect: () => undefined,
      pieces: async function* (offset) {
        asked.push(offset);
        await once(release.signal, 'abort');
        yield new Uint8Array(512);
      },
    };
    const ended = serveNbd(stream, exported);
    client.resume();
    client.write(Buffer.concat([FLAGS, option(1), ...[0, 512, 1024].map((offset) => request(0, offset, 512))]));
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stream.destroy();
    release.abort();
    expect(await ended).toBeUndefined();
    expect(asked).toEqual([0]);
  });

  it('refuses options it does not know, and a malformed one, and lists its one export', async () => {
    const { client, take } = connect(exportOf(noise(1000)));
    client.write(Buffer.concat([FLAGS, option(5), option(8), option(7, Buffer.from([0, 0, 9, 9, 0, 0])), option(3)]));
    await take(18);
    expect((await take(20)).readUInt32BE(12)).toBe(0x80000001);
    expect((await take(20)).readUInt32BE(12)).toBe(0x80000001);
    expect((await take(20)).readUInt32BE(12)).toBe(0x80000003);
    expect((await take(24)).readUInt32BE(12)).toBe(2);
    expect((await take(20)).readUInt32BE(12)).toBe(1);
    client.destroy();
  });
});
