/**
 * Measures what one full sample of the memory of 110 containers costs in CPU time, against reading the same files plainly. See
 * bench/README.md.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { containersAmong, type KnownCgroup, listCgroups } from '../../src/sources/cgroup/find.js';
import { findMemoryHierarchy, type MemoryHierarchy } from '../../src/sources/cgroup/mounts.js';
import { readCgroups } from '../../src/sources/cgroup/node-sample.js';
import { hostAt, thisHost } from '../../src/sources/host/host.js';
import { median } from '../kernel-log/measure.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TREES = join(ROOT, 'test', 'fixtures', 'cgroup-trees');

const CPU_AIM_MS = 5;
/** What a sample reads of each container, where the kernel has it. */
const FILES = {
  1: ['stat', 'usage_in_bytes', 'limit_in_bytes', 'max_usage_in_bytes', 'failcnt', 'oom_control', 'kmem.usage_in_bytes'],
  2: ['stat', 'current', 'max', 'peak', 'swap.current', 'events'],
} as const;

const USAGE = `usage: npm run bench:cgroup -- [options]
  --containers N  containers in the sample, default 110
  --rounds N      how often each is timed, default 50
  --real          make real cgroups, as root on a host with cgroup v1, rather than copies of the fixtures`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      containers: { type: 'string', default: '110' },
      rounds: { type: 'string', default: '50' },
      real: { type: 'boolean', default: false },
    },
  });
  return { containers: positive(values.containers), rounds: positive(values.rounds), real: values.real };
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`not a whole number above 0: ${text}\n${USAGE}`);
  return value;
}

interface Subject {
  readonly hierarchy: MemoryHierarchy;
  readonly cgroups: readonly KnownCgroup[];
  readonly label: string;
}

/** A host whose one pod of the fixtures is there as often as it takes. */
function copiedHost(version: 1 | 2, containers: number, directory: string): Subject {
  const tree = join(TREES, `v${version}`);
  const root = join(directory, `v${version}`);
  mkdirSync(join(root, 'proc', 'self'), { recursive: true });
  cpSync(join(tree, 'proc', 'self'), join(root, 'proc', 'self'), { recursive: true });
  const from = findMemoryHierarchy(hostAt(tree));
  const to = findMemoryHierarchy(hostAt(root));
  const [container] = containersAmong(listCgroups(from));
  if (container === undefined) throw new Error(`${tree} has no container`);
  for (let at = dirname(container.path); at !== '/'; at = dirname(at)) copyFiles(from.directory + at, to.directory + at);
  for (let index = 0; index < containers; index++) {
    const id = index.toString(16).padStart(64, '0');
    const path = container.path.replace(container.identity.containerId ?? '', id);
    copyFiles(from.directory + container.path, to.directory + path);
  }
  return { hierarchy: to, cgroups: containersAmong(listCgroups(to)), label: `v${version}, copies of the fixtures` };
}

function copyFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile()) writeFileSync(join(to, entry.name), readFileSync(join(from, entry.name)));
  }
}

/** Real cgroups, empty ones: what their files cost the kernel to make is measured too. */
function realHost(containers: number): Subject {
  const hierarchy = findMemoryHierarchy(thisHost);
  const top = join(hierarchy.directory, `oomkit-bench-${process.pid}`);
  const directories = Array.from({ length: containers }, (_, index) =>
    join(top, 'kubepods', index.toString(16).padStart(64, '0')),
  );
  process.on('exit', () => {
    for (const path of [...directories, join(top, 'kubepods'), top]) if (existsSync(path)) rmdirSync(path);
  });
  for (const path of directories) mkdirSync(path, { recursive: true });
  const cgroups = containersAmong(listCgroups(hierarchy)).filter(({ path }) => path.includes(`oomkit-bench-${process.pid}`));
  return { hierarchy, cgroups, label: `v${hierarchy.version}, real cgroups` };
}

/** Milliseconds of CPU time, user and system, that one call takes in each round; the calls of a round follow each other. */
function timeCpu(calls: readonly (() => void)[], rounds: number): number[][] {
  const milliseconds = calls.map(() => [] as number[]);
  for (const call of calls) for (let warm = 0; warm < 10; warm++) call();
  for (let round = 0; round < rounds; round++) {
    calls.forEach((call, index) => {
      const before = process.cpuUsage();
      call();
      const { user, system } = process.cpuUsage(before);
      milliseconds[index]?.push((user + system) / 1000);
    });
  }
  return milliseconds;
}

function measure({ hierarchy, cgroups, label }: Subject, rounds: number): void {
  const present = FILES[hierarchy.version].filter((file) =>
    existsSync(`${hierarchy.directory}${cgroups[0]?.path}/memory.${file}`),
  );
  const files = cgroups.flatMap(({ path }) => present.map((file) => `${hierarchy.directory}${path}/memory.${file}`));
  const [plain = [], sample = []] = timeCpu(
    [
      () => {
        for (const file of files) readFileSync(file, 'utf8');
      },
      () => {
        if (readCgroups(hierarchy, cgroups).length !== cgroups.length) throw new Error('a cgroup is missing from the sample');
      },
    ],
    rounds,
  );
  console.log(`\n${cgroups.length} containers, ${label}: ${files.length} files`);
  print('readFileSync of each file', plain);
  print('oomkit: read, parse, effective limits', sample);
  const verdict = median(sample) <= CPU_AIM_MS ? 'met' : 'missed';
  console.log(`  ratio ${(median(sample) / median(plain)).toFixed(2)}; aim: at most ${CPU_AIM_MS} ms, ${verdict}`);
}

function print(label: string, milliseconds: readonly number[]): void {
  const range = `${Math.min(...milliseconds).toFixed(2)} to ${Math.max(...milliseconds).toFixed(2)}`;
  console.log(`  ${label.padEnd(40)} ${median(milliseconds).toFixed(2)} ms of CPU  (${range})`);
}

try {
  const { containers, rounds, real } = readOptions();
  const directory = mkdtempSync(join(tmpdir(), 'oomkit-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  if (real) measure(realHost(containers), rounds);
  else for (const version of [1, 2] as const) measure(copiedHost(version, containers, directory), rounds);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
