import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { collectCgroups } from '../../../src/sources/bundle/collect-cgroups.js';
import { collectHeap } from '../../../src/sources/bundle/collect-heap.js';
import { collectKernelLog } from '../../../src/sources/bundle/collect-log.js';
import { type BundleFile, sha256, textFile } from '../../../src/sources/bundle/files.js';
import { liveFactsOf } from '../../../src/sources/bundle/live-facts.js';
import { BUNDLE_VERSION, KERNEL_LOG, LIVE_FACTS } from '../../../src/sources/bundle/manifest.js';
import { readBundle } from '../../../src/sources/bundle/read-bundle.js';
import { isBundle } from '../../../src/sources/bundle/recognise.js';
import { packBundle, writeAtomically } from '../../../src/sources/bundle/write-bundle.js';
import { liveReport } from '../../../src/sources/cgroup/live.js';
import { findMemoryHierarchy } from '../../../src/sources/cgroup/mounts.js';
import { observeCgroup } from '../../../src/sources/cgroup/observe.js';
import { hostAt } from '../../../src/sources/host/host.js';
import { parseKernelLog } from '../../../src/sources/kernel-log/parser.js';
import { paths, trees } from '../../fixtures-cgroup-trees.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const seed = 'test/fixtures/oom-logs/seed-cdi-importer.txt';
const now = new Date('2026-11-23T12:00:00Z');
const header = {
  version: BUNDLE_VERSION,
  created: now.toISOString(),
  tool: { name: 'oomkit', version: '0.0.0' },
  host: { architecture: 'x64', hostname: 'redacted' },
} as const;
const neverAborted = new AbortController().signal;

async function bundleOf(files: readonly BundleFile[]): Promise<string> {
  const path = join(temporaryDirectory(), 'bundle.tgz');
  writeAtomically(path, await packBundle(header, files), false, neverAborted);
  return path;
}

/** An archive of any entries, its manifest honest about their contents. */
async function archiveOf(
  entries: readonly { name: string; type?: 'file' | 'symlink' | 'directory'; content?: string }[],
  manifest: object | string = {
    ...header,
    files: entries.map(({ name, content = '' }) => ({
      name,
      source: 'x',
      bytes: content.length,
      sha256: sha256(Buffer.from(content)),
    })),
  },
): Promise<string> {
  const archive = pack();
  archive.entry({ name: 'manifest.json' }, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  for (const { name, type = 'file', content = '' } of entries) {
    if (type === 'file') archive.entry({ name }, content);
    else archive.entry({ name, type, linkname: '/etc/passwd' });
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  const path = join(temporaryDirectory(), 'archive.tgz');
  writeFileSync(path, gzipSync(Buffer.concat(chunks)));
  return path;
}

describe('a bundle', () => {
  it('gives back what was put in, and says what was missing', async () => {
    const path = await bundleOf([textFile('a/b.txt', '/a/b.txt', 'text\n'), { name: 'c', source: '/c', missing: 'permission' }]);
    expect(isBundle(path)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { manifest, files, problems } = await readBundle(path);
    expect(problems).toEqual([]);
    expect(manifest).toMatchObject(header);
    expect(manifest.files).toEqual([
      { name: 'a/b.txt', source: '/a/b.txt', bytes: 5, sha256: sha256(Buffer.from('text\n')) },
      { name: 'c', source: '/c', missing: 'permission' },
    ]);
    expect([...files].map(([name, content]) => [name, Buffer.from(content).toString()])).toEqual([['a/b.txt', 'text\n']]);
  });

  it('replaces no file unless told to, and leaves no draft behind', async () => {
    const path = join(temporaryDirectory(), 'bundle.tgz');
    writeFileSync(path, 'precious');
    const content = await packBundle(header, []);
    expect(() => writeAtomically(path, content, false, neverAborted)).toThrow(expect.objectContaining({ code: 'exists' }));
    expect(readFileSync(path, 'utf8')).toBe('precious');
    writeAtomically(path, content, true, neverAborted);
    expect(isBundle(path)).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual(['bundle.tgz']);
  });

  it('is not there when writing it was interrupted', async () => {
    const directory = temporaryDirectory();
    const aborted = AbortSignal.abort();
    const content = await packBundle(header, []);
    expect(() => writeAtomically(join(directory, 'bundle.tgz'), content, false, aborted)).toThrow(/abort/i);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('gives the verdict of the machine: the same report but for the places', async () => {
    for (const [host, target] of [
      [trees.v1, paths.v1.app],
      [trees.v2, paths.v2.app],
    ] as const) {
      const hierarchy = findMemoryHierarchy(host);
      const observed = observeCgroup(host, hierarchy, target, now);
      const bundle = await readBundle(await bundleOf(collectCgroups(host, hierarchy, target, now).files));
      const [again] = liveFactsOf(bundle, 'b.tgz') ?? [];
      if (again === undefined) return expect.fail('no live facts');
      const places = JSON.stringify(liveReport(again.limited)).replaceAll('b.tgz!cgroup', hierarchy.directory);
      const expected = JSON.stringify(liveReport(observed.limited));
      expect(places.replaceAll('b.tgz!process', `${host.root}/proc`)).toBe(expected);
      const usage = `cgroup${target}/memory.${hierarchy.version === 1 ? 'usage_in_bytes' : 'current'}`;
      expect(Buffer.from(bundle.files.get(usage) ?? []).toString()).toBe(
        readFileSync(`${hierarchy.directory}${target}/${usage.replace(/^.*\//, '')}`, 'utf8'),
      );
    }
  });

  it('has every container when none is named, and the ancestors’ files', async () => {
    const hierarchy = findMemoryHierarchy(trees.v2);
    const { observations, files } = collectCgroups(trees.v2, hierarchy, undefined, now);
    expect(observations.map(({ target }) => target.memory.path).sort()).toEqual([paths.v2.app, paths.v2.pause].sort());
    expect(files.map(({ name }) => name)).toContain(`cgroup${paths.v2.pod}/memory.stat`);
  });

  it('keeps the parts of a log around its reports, which read as before', async () => {
    const noise = Array.from({ length: 1000 }, (_, line) => `[ 1.0] usb ${line}: token=hunter2 plugged`).join('\n');
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, `${noise}\n${readFileSync(seed, 'utf8')}${noise}\n`);
    const { file } = await collectKernelLog({ inputs: [{ kind: 'path', path }], namesHost: false });
    if ('missing' in file) return expect.fail(file.missing);
    const text = Buffer.from(file.content).toString();
    expect(text.split('\n').length).toBeLessThan(300);
    expect(text).not.toContain('hunter2');
    const [report] = parseKernelLog(text, KERNEL_LOG);
    const [original] = parseKernelLog(readFileSync(seed), seed);
    expect(report).toMatchObject({ killed: [{ pid: 18524 }], oomMemcg: { path: original?.oomMemcg?.path } });
  });

  it('keeps records of /dev/kmsg escaped, which read as before, and hides secrets behind their line breaks', async () => {
    const records = readFileSync('test/fixtures/kmsg/5.10-v2.kmsg', 'utf8');
    const path = join(temporaryDirectory(), 'kmsg');
    writeFileSync(path, `6,1,1,-;curl says\\x0aBearer hunter2\\x0adone\n${records}`);
    const { file } = await collectKernelLog({ inputs: [{ kind: 'path', path }], namesHost: false });
    if ('missing' in file) return expect.fail(file.missing);
    const text = Buffer.from(file.content).toString();
    // Registers, which may hold anything, are hidden (docs/cli.md, "Secrets").
    const withoutRegisters = (log: string): string => log.replaceAll(/^.*;R[A-Z0-9]{2}: .*\n/gm, '');
    expect(withoutRegisters(text)).toBe(`6,1,1,-;curl says\\x0aBearer redacted\\x0adone\n${withoutRegisters(records)}`);
    const statistics = parseKernelLog(text, KERNEL_LOG).map(({ memcgStats }) => Object.keys(memcgStats[0]?.entries ?? {}).length);
    expect(statistics).toEqual(Array(8).fill(36));
  });

  it('says why there is no kernel log', async () => {
    const path = join(temporaryDirectory(), 'kern.log');
    const inputs = [{ kind: 'path', path } as const];
    expect((await collectKernelLog({ inputs, namesHost: false })).file).toMatchObject({ missing: `${path}: not-found` });
    writeFileSync(path, 'all is well\n');
    expect((await collectKernelLog({ inputs, namesHost: false })).file).toMatchObject({ missing: `${path}: no OOM report` });
  });

  it('has the log of a directory of which a part could not be read, and says which', async () => {
    const directory = temporaryDirectory();
    cpSync(seed, join(directory, 'kern.log'));
    writeFileSync(join(directory, 'kern.log.1.bz2'), 'BZh91AY&SY');
    const { file, problems } = await collectKernelLog({ inputs: [{ kind: 'path', path: directory }], namesHost: false });
    expect(file).toMatchObject({ name: KERNEL_LOG, content: expect.anything() });
    expect(problems).toMatchObject([{ key: 'read.error.unsupported-format' }]);
  });

  it('knows that a damaged log may have had a report, and that one that could not be read may', async () => {
    const path = join(temporaryDirectory(), 'kern.log.gz');
    writeFileSync(path, gzipSync('all is well\n'.repeat(1000)).subarray(0, -20));
    const { file, problems } = await collectKernelLog({ inputs: [{ kind: 'path', path }], namesHost: false });
    expect(problems).toMatchObject([{ key: 'read.damaged' }]);
    const missing = (reason: string): BundleFile => ({ name: KERNEL_LOG, source: 'kernel log', missing: reason });
    const problemsOf = async (log: BundleFile): Promise<string[]> =>
      (await readBundle(await bundleOf([log]))).problems.map(({ key }) => key);
    expect(await problemsOf(file)).toEqual(['bundle.unseen-log']);
    expect(await problemsOf(missing('kmsg: kmsg-permission; journal: journal-permission'))).toEqual(['bundle.unseen-log']);
    expect(await problemsOf(missing('kmsg: no OOM report; journal: no OOM report'))).toEqual([]);
  });

  it('leaves the names of the machine out of a log unless told to keep them', async () => {
    const path = join(temporaryDirectory(), 'kern.log');
    const named = readFileSync(seed, 'utf8').replaceAll(/^(?=\[|\S)/gm, 'May  1 12:00:00 planted-host kernel: ');
    writeFileSync(path, named);
    const read = async (namesHost: boolean): Promise<string> => {
      const { file } = await collectKernelLog({ inputs: [{ kind: 'path', path }], namesHost });
      return 'missing' in file ? expect.fail(file.missing) : Buffer.from(file.content).toString();
    };
    expect(await read(true)).toContain('planted-host');
    const without = await read(false);
    expect(without).not.toContain('planted-host');
    expect(parseKernelLog(without, 'x')).toHaveLength(1);
  });

  it('takes heap profiles in, but no snapshot of V8 and nothing foreign', async () => {
    expect(await collectHeap('test/fixtures/heap/pprof/leaky-after.pb.gz', 1, neverAborted)).toMatchObject({ name: 'heap/1' });
    expect(await collectHeap('absent', 2, neverAborted)).toMatchObject({ missing: 'ENOENT' });
    expect(await collectHeap(seed, 3, neverAborted)).toMatchObject({ missing: 'unknown-format' });
    const snapshot = join(temporaryDirectory(), 'x.heapsnapshot');
    const { writeHeapSnapshot } = await import('node:v8');
    writeHeapSnapshot(snapshot);
    expect(await collectHeap(snapshot, 4, neverAborted)).toMatchObject({ missing: expect.stringContaining('strings') });
  });

  it('holds no planted secret, and never a process’s environment', async () => {
    const directory = temporaryDirectory();
    cpSync(trees.v2.root, directory, { recursive: true });
    const host = hostAt(directory);
    const { observations } = collectCgroups(host, findMemoryHierarchy(host), paths.v2.app, now);
    const [pid] = observations.flatMap(({ target }) => target.processes.map((process) => process.pid));
    const proc = join(directory, 'proc', String(pid));
    const secrets = ['hunter2', 'swordfish', 'AKIAIOSFODNN7EXAMPLE', 'correct-horse', 'opensesame'];
    writeFileSync(
      join(proc, 'cmdline'),
      ['app', '--password', 'hunter2', 'TOKEN=swordfish', 'AKIAIOSFODNN7EXAMPLE', 'https://u:correct-horse@x/', ''].join('\0'),
    );
    writeFileSync(join(proc, 'environ'), 'PASSWORD=opensesame\0');
    const live = collectCgroups(host, findMemoryHierarchy(host), paths.v2.app, now);
    const all = gunzipSync(await packBundle(header, live.files)).toString('latin1');
    expect(all).toContain('app');
    expect(all).toContain(`process/${pid}/cmdline`);
    for (const secret of secrets) expect(all).not.toContain(secret);
  });
});

describe('a hostile archive', () => {
  it.each([
    ['no archive', () => gzipSync('text')],
    ['text', () => Buffer.from('text')],
    ['nothing', () => Buffer.alloc(0)],
  ])('is no bundle: %s', (_, content) => {
    const path = join(temporaryDirectory(), 'x');
    writeFileSync(path, content());
    expect(isBundle(path)).toBe(false);
  });

  it('is no bundle when its first file is no manifest', async () => {
    expect(isBundle(await archiveOf([], '{"kind": "something"}'))).toBe(false);
    expect(isBundle(await archiveOf([]))).toBe(true);
    expect(isBundle(temporaryDirectory())).toBe(false);
  });

  it('gives only plain files that the manifest lists, and writes nothing', async () => {
    const path = await archiveOf([
      { name: '../../escape', content: 'x' },
      { name: '/absolute', content: 'x' },
      { name: 'a/../b', content: 'x' },
      { name: 'link', type: 'symlink' },
      { name: 'good', content: 'kept' },
      { name: 'good', content: 'kept' },
    ]);
    const { files, problems } = await readBundle(path);
    expect([...files.keys()]).toEqual(['good']);
    expect(problems.map(({ key }) => key)).toEqual([...Array(5).fill('bundle.foreign-file'), 'bundle.lost-files']);
    expect(existsSync(join(path, '../../../escape'))).toBe(false);
  });

  it('is not believed about what a file holds', async () => {
    const files = [{ name: KERNEL_LOG, source: 'kmsg', bytes: 1, sha256: '0'.repeat(64) }];
    const path = await archiveOf([{ name: KERNEL_LOG, content: 'forged' }], { ...header, files });
    const { files: read, problems } = await readBundle(path);
    expect(read.size).toBe(0);
    expect(problems[0]?.key).toBe('bundle.changed-file');
  });

  it('of a later version is named as such', async () => {
    const path = await archiveOf([], { ...header, version: 'oomkit.dev/bundle/v2', files: [] });
    expect(isBundle(path)).toBe(true);
    await expect(readBundle(path)).rejects.toMatchObject({ code: 'version' });
  });

  it.each([
    { ...header },
    { ...header, files: [{ name: 7 }] },
    { ...header, host: undefined, files: [] },
    '{"version": "oomkit.dev/bundle/v1", ',
  ])('with a damaged manifest is refused: %j', async (manifest) => {
    await expect(readBundle(await archiveOf([], manifest))).rejects.toMatchObject({ code: 'manifest' });
  });

  it('that unpacks to more than the bound is refused', async () => {
    const path = await archiveOf([{ name: 'big', content: '0'.repeat(2_000_000) }]);
    await expect(readBundle(path, { maxBytes: 1_000_000, maxFiles: 10 })).rejects.toMatchObject({ code: 'too-large' });
    const many = await archiveOf(Array.from({ length: 20 }, (_, index) => ({ name: `f${index}` })));
    await expect(readBundle(many, { maxBytes: 1_000_000, maxFiles: 10 })).rejects.toMatchObject({ code: 'too-large' });
  });

  it('that is cut gives what came before the cut', async () => {
    const random = Array.from({ length: 20_000 }, (_, index) => sha256(Buffer.from(String(index)))).join('');
    const whole = await bundleOf([textFile('first', 'x', 'kept'), textFile('second', 'x', random)]);
    const cut = join(temporaryDirectory(), 'cut.tgz');
    const content = readFileSync(whole);
    writeFileSync(cut, content.subarray(0, content.length / 2));
    const { files, problems } = await readBundle(cut);
    expect([...files.keys()]).toEqual(['first']);
    expect(problems.map(({ key }) => key)).toEqual(['read.damaged', 'bundle.lost-files']);
    const stump = join(temporaryDirectory(), 'stump.tgz');
    writeFileSync(stump, content.subarray(0, 100));
    await expect(readBundle(stump)).rejects.toMatchObject({ code: 'manifest' });
  });

  it.each([
    ['a word', Buffer.from('word')],
    ['a page of NULs', Buffer.alloc(4096)],
  ])('behind which %s stands is a bundle, small or large, and has lost nothing', async (name, behind) => {
    const random = Array.from({ length: 3000 }, (_, index) => sha256(Buffer.from(String(index)))).join('');
    for (const text of ['kept', random]) {
      const path = await bundleOf([textFile('first', 'x', text)]);
      writeFileSync(path, Buffer.concat([readFileSync(path), behind]));
      expect(isBundle(path)).toBe(true);
      const { files, problems } = await readBundle(path);
      expect(Buffer.from(files.get('first') ?? []).toString() === text).toBe(true);
      expect(problems.map(({ key }) => key)).toEqual(name === 'a word' ? ['read.damaged'] : []);
    }
  });

  it('cannot pass off other shapes as live facts', async () => {
    const hierarchy = findMemoryHierarchy(trees.v2);
    const facts = JSON.stringify(collectCgroups(trees.v2, hierarchy, paths.v2.app, now).observations);
    const read = async (text: string): Promise<unknown> =>
      liveFactsOf(await readBundle(await bundleOf([textFile(LIVE_FACTS, 'x', text)])), 'b');
    expect(await read(facts)).toHaveLength(1);
    const forged = [
      'null',
      '[null]',
      '[{"target":{}}]',
      facts.replace('"usageBytes":', '"usageBytes":"x","y":'),
      facts.replace('"comm":"', '"comm":7,"x":"'),
      facts.replace('"version":2', '"version":3'),
      facts.replace('"stat":{', '"stat":{"forged":null,'),
      facts.slice(1),
    ];
    for (const text of forged) {
      expect(text).not.toBe(facts);
      expect(await read(text)).toBeUndefined();
    }
  });
});
