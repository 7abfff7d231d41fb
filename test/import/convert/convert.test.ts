import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startHelper, watchForStall } from '../../../src/import/convert/helper.js';
import { compareArgs, convertArgs, parseProgress } from '../../../src/import/convert/qemu-img.js';
import { importImage } from '../../../src/import/run/import-image.js';
import { fileSource } from '../../../src/import/sources/file.js';
import { writeWay } from '../../../src/import/target/cache-mode.js';
import { diskBytes, noise } from '../../support/image-bytes.js';
import { importRequest } from '../../support/import-request.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

/** As messages carry a text. */
const text = (value: string) => ({ kind: 'text', value });

const LIMITS = { addressSpaceBytes: 2 ** 30, fileBytes: 4096, cpuSeconds: 1, openFiles: 64 };

/** A directory that is all of PATH: with these scripts and the programs that set limits. */
function pathWith(scripts: Readonly<Record<string, string>>, links = ['prlimit', 'setpriv']): void {
  const directory = temporaryDirectory();
  for (const name of links) symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(directory, name));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(directory, name), 0o755);
  }
  vi.stubEnv('PATH', directory);
  onTestFinished(() => void vi.unstubAllEnvs());
}

function qcow2(bytes = diskBytes(3_000_000)): { readonly path: string; readonly raw: string } {
  const directory = temporaryDirectory();
  const [raw, path] = [join(directory, 'disk.raw'), join(directory, 'disk.qcow2')];
  writeFileSync(raw, bytes);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-c', raw, path]);
  return { path, raw };
}

async function start(script: string) {
  pathWith({ helper: script });
  const helper = await startHelper({ command: 'helper', package: 'p', args: ['one'], limits: LIMITS, descriptors: [] }, 'x');
  let stdout = '';
  helper.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  return { helper, ended: helper.ended.then((end) => ({ ...end, stdout })) };
}

describe('a helper', () => {
  it('has its limits, no environment of ours, no way to more privileges, and its arguments', async () => {
    vi.stubEnv('OOMKIT_PASSWORD', 'secret');
    const { ended } = await start('/bin/cat /proc/self/limits /proc/self/status /proc/self/environ; echo "$@"');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Max address space +1073741824 +1073741824/);
    expect(stdout).toMatch(/Max file size +4096 +4096/);
    expect(stdout).toMatch(/Max cpu time +1 +6/);
    expect(stdout).toMatch(/Max open files +64 +64/);
    expect(stdout).toMatch(/Max core file size +0 +0/);
    expect(stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(stdout).not.toContain('secret');
    expect(stdout).toMatch(/one\n$/);
  });

  it('is ended by the kernel when it takes more time, and says only so much', async () => {
    const { ended } = await start(
      'i=0; while [ $i -lt 2000 ]; do echo "complaint $i" >&2; i=$((i+1)); done; while :; do :; done',
    );
    const { code, signal, stderr } = await ended;
    expect([code, signal]).toEqual([null, 'SIGXCPU']);
    expect(stderr).toMatch(/^complaint 0\n/);
    expect(stderr.length).toBeLessThanOrEqual(4096);
  });

  it('is ended when it does nothing for long, and not while it waits for us', async () => {
    const { helper, ended } = await start('exec /bin/sleep 60');
    let waitsForUs = true;
    const watch = watchForStall(helper, 200, () => waitsForUs);
    const first = await Promise.race([watch.promise.then(() => 'stalled'), delay(600).then(() => 'alive')]);
    expect(first).toBe('alive');
    waitsForUs = false;
    await watch.promise;
    watch.stop();
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  });

  it.each([
    ['qemu-img', 'qemu-utils', ['prlimit', 'setpriv']],
    ['prlimit', 'util-linux', ['setpriv']],
    ['setpriv', 'util-linux', ['prlimit']],
  ])('is not started without %s, of the package %s', async (tool, packageName, links) => {
    const { path } = qcow2();
    const source = fileSource(path);
    onTestFinished(() => source.close());
    pathWith(tool === 'qemu-img' ? {} : { 'qemu-img': 'exit 0' }, links);
    await expect(importImage(importRequest(source))).rejects.toMatchObject({
      code: 'tool-missing',
      problem: { params: { tool: text(tool), package: text(packageName) } },
    });
  });
});

describe('an image with tables', () => {
  async function failing(script: string): Promise<{ readonly error: unknown; readonly target: string }> {
    const { path } = qcow2();
    const source = fileSource(path);
    onTestFinished(() => source.close());
    const request = importRequest(source);
    pathWith({ 'qemu-img': `case $1 in measure) echo '"required": 3000320';; *) ${script};; esac` });
    const error = await importImage(request).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { error, target: request.target };
  }

  it('is written as it is, and compared', async () => {
    const { path, raw } = qcow2();
    const source = fileSource(path);
    onTestFinished(() => source.close());
    const positions: number[] = [];
    const request = importRequest(source, { verify: true, onProgress: ({ position }) => positions.push(position) });
    const report = await importImage(request);
    expect(report).toMatchObject({ format: 'qcow2', verified: true, virtualSizeBytes: 3_000_320 });
    expect(positions.at(-1)).toBe(3_000_320);
    expect(Buffer.compare(readFileSync(request.target).subarray(0, 3_000_000), readFileSync(raw))).toBe(0);
  });

  it('fails with what qemu-img says', async () => {
    const { error, target } = await failing('echo "qemu-img: error while reading at byte 0: odd" >&2; exit 1');
    expect(error).toMatchObject({
      code: 'convert-failed',
      problem: { params: { detail: text('qemu-img: error while reading at byte 0: odd') } },
    });
    expect(existsSync(target)).toBe(false);
  });

  it('says that the disk of the target is full, and leaves the target marked', async () => {
    const { error, target } = await failing(
      'echo "qemu-img: error while writing at byte 9: No space left on device" >&2; exit 1',
    );
    expect(error).toMatchObject({ code: 'target-full' });
    expect(existsSync(`${target}.oomkit-import.json`)).toBe(true);
  });

  it('says that qemu-img was killed', async () => {
    const { error } = await failing('kill -9 $$');
    expect(error).toMatchObject({ code: 'helper-killed', problem: { params: { signal: text('SIGKILL') } } });
  });

  it('is not written when qemu-img sees another disk in it', async () => {
    const { path } = qcow2();
    const source = fileSource(path);
    onTestFinished(() => source.close());
    pathWith({ 'qemu-img': `echo '"required": 4096'` });
    await expect(importImage(importRequest(source))).rejects.toMatchObject({ code: 'sizes-differ' });
  });

  it('is given up at once when it is aborted', async () => {
    const { path } = qcow2(noise(3_000_000));
    const source = fileSource(path);
    onTestFinished(() => source.close());
    pathWith({
      'qemu-img': `case $1 in measure) echo '"required": 3000320';; *) echo "    (1.00/100%)"; exec /bin/sleep 60;; esac`,
    });
    const abort = new AbortController();
    const request = importRequest(source, { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(importImage(request)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the words for qemu-img', () => {
  const wordsOf = (...choice: Parameters<typeof writeWay>) => {
    const way = writeWay(...choice);
    if (way === undefined) throw new Error('no way');
    return convertArgs('qcow2', { kind: 'file', way, preallocation: 'off' }, 4096);
  };
  const modeOf = (words: readonly string[]) => words[words.indexOf('-t') + 1];

  it('wait for each write where the page cache cannot be avoided', () => {
    expect(modeOf(wordsOf('auto', 'proven'))).toBe('none');
    expect(modeOf(wordsOf('auto', 'accepted'))).toBe('directsync');
    expect(modeOf(wordsOf('auto', 'refused'))).toBe('writethrough');
    expect(modeOf(wordsOf('writeback', 'proven'))).toBe('writeback');
  });

  it('leave no format and no backing file to be found out, and name no file', () => {
    const words = wordsOf('auto', 'proven');
    expect(words.at(-2)).toContain('"driver":"qcow2"');
    expect(words.at(-2)).toContain('"backing":null');
    expect(words.at(-1)).toBe('driver=raw,size=4096,file.driver=file,file.filename=/proc/self/fd/4');
    const way = { name: 'none', isDirect: true, isSync: false, isBounded: false, flushes: true } as const;
    expect(compareArgs('vhd', { kind: 'block', way, preallocation: 'off' }, 4096).join(' ')).toContain('"driver":"vpc"');
  });

  it('claim zeros of a new file only, and write them where they are to be kept', () => {
    const way = { name: 'none', isDirect: true, isSync: false, isBounded: false, flushes: true } as const;
    const isClaimed = (kind: 'file' | 'block', preallocation: 'off' | 'falloc' | 'full') => {
      const words = convertArgs('vdi', { kind, way, preallocation }, 4096);
      return [words.includes('--target-is-zero'), words[words.indexOf('-S') + 1]];
    };
    expect(isClaimed('file', 'off')).toEqual([true, '65536']);
    expect(isClaimed('file', 'falloc')).toEqual([true, '65536']);
    expect(isClaimed('file', 'full')).toEqual([false, '0']);
    expect(isClaimed('block', 'off')).toEqual([false, '65536']);
    expect(isClaimed('block', 'falloc')).toEqual([false, '0']);
  });

  it('tell the progress', () => {
    expect(parseProgress('    (1.00/100%)\r    (12.34/100%)\r')).toBe(0.1234);
    expect(parseProgress('Images are identical.')).toBeUndefined();
  });
});
