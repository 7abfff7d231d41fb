import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MIB } from '../../src/model/index.js';
import { FaultServer, fileAnswer } from '../support/fault-server.js';
import { noise } from '../support/image-bytes.js';
import { type ProgramResult, startProgram } from '../support/run-program.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram } from './built-program.js';

/** Long enough for read-ahead to be under way whenever something ends. */
const LATENCY_MS = 40;

beforeAll(() => buildProgram());

/** A raw disk of 32 MiB whose second half was written first, as machines in use write theirs: its qcow2 ends with data of the middle. */
function usedQcow2(directory: string): string {
  const [raw, path] = [join(directory, 'disk.raw'), join(directory, 'used.qcow2')];
  writeFileSync(raw, noise(16 * MIB));
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '32M']);
  const write = (at: number): string => `write -q -s ${raw} ${at}M 16M`;
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', write(16), '-c', write(0), path]);
  return path;
}

function fixedVhd(directory: string): string {
  const [raw, path] = [join(directory, 'disk.raw'), join(directory, 'fixed.vhd')];
  writeFileSync(raw, noise(16 * MIB));
  execFileSync('qemu-img', ['convert', '-O', 'vpc', '-o', 'subformat=fixed,force_size=on', '-f', 'raw', raw, path]);
  return path;
}

/** Refused when its header is read: it holds only what differs from another. */
function backedQcow2(directory: string): string {
  const path = join(directory, 'backed.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-u', '-b', '/etc/hostname', '-F', 'raw', path, '32M']);
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -q 0 16M', path]);
  return path;
}

/** Serves a file, each answer late. */
async function serve(path: string): Promise<FaultServer> {
  const content = readFileSync(path);
  return FaultServer.start(async (request) => {
    await delay(LATENCY_MS);
    return fileAnswer(content, request);
  });
}

/** Imports, and returns how it ended: while the test's own time lasts. */
function importing(args: readonly string[]) {
  const started = startProgram(['import', ...args]);
  onTestFinished(() => void started.child.kill('SIGKILL'));
  return started;
}

function expectNothingTriedAgain({ stderr }: ProgramResult): void {
  expect(stderr).not.toContain('trying again');
  expect(stderr).not.toContain('UND_ERR');
}

describe('oomkit import ends when its work does', () => {
  it.each([
    ['a used qcow2', usedQcow2],
    ['a fixed VHD', fixedVhd],
  ])('of %s, and reads ahead no more', async (_, make) => {
    const directory = temporaryDirectory();
    const server = await serve(make(directory));
    for (const options of [[], ['--verify']]) {
      const ended = await importing(['--force', ...options, server.url, join(directory, 'out.img')]).ended;
      expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining('Imported') });
      expectNothingTriedAgain(ended);
    }
    const asked = server.requests.length;
    await delay(3 * LATENCY_MS);
    expect(server.requests.length).toBe(asked);
  });

  it('of an image that is refused', async () => {
    const directory = temporaryDirectory();
    const server = await serve(backedQcow2(directory));
    const ended = await importing([server.url, join(directory, 'out.img')]).ended;
    expect(ended).toMatchObject({ status: 6, stdout: '' });
    expectNothingTriedAgain(ended);
  });

  it('of a used qcow2 on Ctrl-C, at whatever moment', async () => {
    const directory = temporaryDirectory();
    const server = await serve(usedQcow2(directory));
    for (const requests of [2, 8, 20]) {
      const before = server.requests.length;
      const { child, ended } = importing(['--force', server.url, join(directory, 'out.img')]);
      while (server.requests.length < before + requests) await delay(5);
      child.kill('SIGINT');
      const result = await ended;
      expect(result).toMatchObject({ status: 130, stdout: '' });
      expectNothingTriedAgain(result);
    }
  });

  it.each([
    ['nobody', 0],
    ['somebody who writes no more', 50_000],
  ])('of a pipe that %s writes to, on Ctrl-C', async (_, bytes) => {
    const directory = temporaryDirectory();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    if (bytes > 0) {
      const writer = openSync(pipe, constants.O_RDWR);
      onTestFinished(() => closeSync(writer));
      writeSync(writer, noise(bytes));
    }
    const { child, texts, ended } = importing(['--metrics', '127.0.0.1:0', pipe, join(directory, 'out.img')]);
    // It says so just before it begins to read.
    while (!/metrics on/.test(texts.stderr)) await delay(5);
    await delay(10 * LATENCY_MS);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ status: 130, stdout: '' });
  });

  it('while somebody is connected to its metrics and says nothing', async () => {
    const directory = temporaryDirectory();
    const server = await serve(fixedVhd(directory));
    const { texts, ended } = importing(['--metrics', '127.0.0.1:0', server.url, join(directory, 'out.img')]);
    while (!/metrics on/.test(texts.stderr)) await delay(5);
    const port = Number(/127\.0\.0\.1:(\d+)\/metrics/.exec(texts.stderr)?.[1]);
    const socket: Socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    expect(await ended).toMatchObject({ status: 0 });
    expect(existsSync(join(directory, 'out.img'))).toBe(true);
  });
});
