import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inspectionOf } from '../../../src/inquiry/inspection.js';
import { diagnosesOf } from '../../../src/inquiry/recording.js';
import { describeRun } from '../../../src/lab/run/describe-run.js';
import { reportsAbout } from '../../../src/lab/run/kernel-reports.js';
import type { ProcessMemory, RecordedMoment } from '../../../src/model/index.js';
import { columnsOf } from '../../../src/recorder/sample.js';
import { printJson, printYaml, renderInspection, renderLabRun, toInspection, toLabRun } from '../../../src/render/index.js';
import { collectCgroups } from '../../../src/sources/bundle/collect-cgroups.js';
import { type BundleFile, textFile } from '../../../src/sources/bundle/files.js';
import { liveFactsOf } from '../../../src/sources/bundle/live-facts.js';
import { BUNDLE_VERSION, KERNEL_LOG, LIVE_FACTS } from '../../../src/sources/bundle/manifest.js';
import { readBundle } from '../../../src/sources/bundle/read-bundle.js';
import { bundleBytes, packBundle } from '../../../src/sources/bundle/write-bundle.js';
import { directoryOf, findMemoryHierarchy } from '../../../src/sources/cgroup/mounts.js';
import { observeCgroup } from '../../../src/sources/cgroup/observe.js';
import { type Host, hostAt } from '../../../src/sources/host/host.js';
import { readRecording } from '../../../src/sources/recording/read-recording.js';
import { paths, trees } from '../../fixtures-cgroup-trees.js';
import { someRun } from '../../lab/some-run.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { LOOKS, planted, TOLD } from './planted.js';

const now = new Date('2026-11-23T12:00:00Z');
const header = {
  version: BUNDLE_VERSION,
  created: now.toISOString(),
  tool: { name: 'oomkit', version: '0.0.0' },
  host: { architecture: 'x64', hostname: 'redacted' },
} as const;
const FIRST_PID = 100_000;
/** An executable's path among the innocent that has to be there still. */
const KEPT = ['/usr/bin/qemu-img', '-t', 'writeback', '/data/disk.img'];

/** A secret of its own for each line: by turns one that looks like one, and where the line tells, a word. */
const lines = [...TOLD, ...LOOKS].map((line, index) => {
  const letters = [...String(index)].map((digit) => 'bdfgklmnpr'[Number(digit)]).join('o');
  const secret = index < TOLD.length && index % 2 === 0 ? `swordfish${letters}x` : `Zq7xK2m${index}Lv4tR8w`;
  return { commandLine: planted(line, secret), secret };
});

/** The tree of a host in whose container a process runs with each of the command lines. */
function hostWithSecrets(): Host {
  const directory = temporaryDirectory();
  cpSync(trees.v2.root, directory, { recursive: true });
  const host = hostAt(directory);
  const cgroup = directoryOf(findMemoryHierarchy(host), paths.v2.app) ?? '';
  const [model = ''] = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n');
  const all = [...lines.map(({ commandLine }) => commandLine), KEPT];
  all.forEach((commandLine, index) => {
    const proc = join(directory, 'proc', String(FIRST_PID + index));
    mkdirSync(proc);
    cpSync(join(directory, 'proc', model, 'status'), join(proc, 'status'));
    writeFileSync(join(proc, 'cmdline'), `${commandLine.join('\0')}\0`);
  });
  writeFileSync(join(cgroup, 'cgroup.procs'), all.map((_, index) => `${FIRST_PID + index}\n`).join(''));
  return host;
}

/** Which of the secrets a text has. */
function leaked(text: string): string[] {
  return lines.filter(({ secret }) => text.includes(secret)).map(({ commandLine }) => commandLine.join(' '));
}

function expectSafe(text: string): void {
  expect(leaked(text)).toEqual([]);
  expect(text).toContain('/data/disk.img');
}

/** A host with the secrets, what is observed of it, and its processes as an oomkit that knows no secrets would have kept them. */
function observed() {
  const host = hostWithSecrets();
  const hierarchy = findMemoryHierarchy(host);
  const observation = observeCgroup(host, hierarchy, paths.v2.app, now);
  const rawProcesses = observation.target.processes.map(
    (process, index): ProcessMemory => ({ ...process, commandLine: lines[index]?.commandLine ?? KEPT }),
  );
  return { host, hierarchy, observation, rawProcesses };
}

describe(`of ${lines.length} secrets in command lines`, () => {
  it('none is in a bundle', async () => {
    const { host, hierarchy } = observed();
    const { files } = collectCgroups(host, hierarchy, paths.v2.app, now);
    expectSafe(gunzipSync(await packBundle(header, files)).toString('utf8'));
  });

  it('none is in what inspect prints', async () => {
    const inspection = inspectionOf(observed().observation, 'self');
    expectSafe(printJson(toInspection(inspection, { lang: 'en' })));
    expectSafe(await printYaml(toInspection(inspection, { lang: 'en' })));
    expectSafe(renderInspection(inspection, { lang: 'en', width: 400, color: false, wide: true }));
  });

  it('none is in a run of the lab, its recording and its report', async () => {
    const { observation, rawProcesses } = observed();
    const { target } = observation;
    const moment: RecordedMoment = {
      atSeconds: 1,
      memory: target.memory,
      processes: rawProcesses,
      writableFiles: [],
      freeSwapBytes: 0,
    };
    for (const { commandLine } of lines) {
      const [first = '', ...rest] = commandLine;
      const run = describeRun({
        request: { command: [first, ...rest] },
        version: 2,
        cgroup: { path: '/lab', directory: '/sys/fs/cgroup/lab' },
        limitBytes: undefined,
        ancestorLimitBytes: undefined,
        outcome: { exitCode: 127, endedBy: 'exit', oomKilled: false },
        failure: { code: 'ENOENT' },
        forwardedSignals: [],
        wallSeconds: 1,
        sampled: {
          startedAt: now.toISOString(),
          series: columnsOf([]),
          marks: [],
          peak: someRun.peak,
          limitHits: 0,
          oomKills: 0,
          writtenBytes: 0,
          sampling: someRun.sampling,
          ...(commandLine === lines[0]?.commandLine ? { atPeak: moment, beforeKill: moment } : {}),
        },
        log: undefined,
        namesAll: true,
        hasLog: false,
        strays: 0,
        isRemoved: true,
        pageBytes: 4096,
        release: undefined,
      });
      expect(leaked(printJson(toLabRun(run, diagnosesOf(run.recording, 'run'), { lang: 'en' })))).toEqual([]);
      expect(leaked(renderLabRun(run, [], { lang: 'en', width: 80, color: false, wide: true }))).toEqual([]);
    }
  });

  it('none comes out of a bundle or a recording that an older oomkit left them in', async () => {
    const { observation, rawProcesses } = observed();
    const target = { ...observation.target, processes: rawProcesses };
    const raw: BundleFile[] = [
      textFile(LIVE_FACTS, 'cgroups', JSON.stringify([{ ...observation, target, limited: target }])),
      ...lines.map(({ commandLine }, index) => textFile(`process/${index}/cmdline`, 'proc', `${commandLine.join('\0')}\0`)),
      textFile(KERNEL_LOG, 'kmsg', readFileSync('test/fixtures/oom-logs/seed-cdi-importer.txt', 'utf8')),
    ];
    const path = join(temporaryDirectory(), 'old.tgz');
    writeFileSync(path, await packBundle(header, raw));
    const bundle = await readBundle(path);
    expect(bundle.problems).toEqual([]);
    expectSafe(JSON.stringify(liveFactsOf(bundle, path)));
    const passedOn = join(temporaryDirectory(), 'passed-on.tgz');
    writeFileSync(passedOn, await bundleBytes(path, bundle));
    expectSafe(gunzipSync(readFileSync(passedOn)).toString('utf8'));
    expect((await readBundle(passedOn)).files.get(KERNEL_LOG)).toEqual(bundle.files.get(KERNEL_LOG));

    const run = JSON.parse(readFileSync('test/fixtures/recordings/anon-killed.json', 'utf8'));
    run.recording.beforeKill.processes = rawProcesses;
    const old = join(temporaryDirectory(), 'run.json');
    writeFileSync(old, JSON.stringify(run));
    expectSafe(JSON.stringify(readRecording(old)));
  });

  it('a bundle of this oomkit is passed on as it is', async () => {
    const { host, hierarchy } = observed();
    const { files } = collectCgroups(host, hierarchy, paths.v2.app, now);
    const path = join(temporaryDirectory(), 'new.tgz');
    const content = await packBundle(header, files);
    writeFileSync(path, content);
    expect(Buffer.from(await bundleBytes(path, await readBundle(path))).equals(Buffer.from(content))).toBe(true);
  });
});

describe('the kernel log in a recording', () => {
  it('has the lines of the report alone, and none that a program wrote to the kernel log in between', () => {
    const lines = readFileSync('test/fixtures/recordings/anon-killed.json', 'utf8');
    const { kernelLog, cgroup } = JSON.parse(lines).recording as { kernelLog: string; cgroup: string };
    const [first = '', ...rest] = kernelLog.split('\n');
    const program = '30,4711,99999999,-;app[12]: the word is swordfish';
    const words = '6,4712,99999999,-;app: token=swordfish';
    const name = cgroup.split('/').at(-1) ?? '';
    const { log, killed } = reportsAbout(name, [first, program, words, ...rest].join('\n'));
    expect(killed).toEqual(reportsAbout(name, kernelLog).killed);
    expect(killed).not.toEqual([]);
    expect(log).not.toContain('swordfish');
    expect(log.split('\n').filter((line) => !line.includes('4712'))).toEqual(reportsAbout(name, kernelLog).log.split('\n'));
  });
});
