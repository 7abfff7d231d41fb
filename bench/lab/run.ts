/** Measures what sampling costs beside reading the same files, and the seed's comparison of cache modes. See bench/README.md. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MIB } from '../../src/model/index.js';
import { CgroupSampler } from '../../src/recorder/sampler.js';
import type { LabComparisonItem } from '../../src/render/index.js';
import { cgroupOfProcess } from '../../src/sources/cgroup/find.js';
import { directoryOf, findMemoryHierarchy } from '../../src/sources/cgroup/mounts.js';
import { thisHost } from '../../src/sources/host/host.js';
import { temporaryDirectory } from '../../test/kernel/lab/mounts.js';
import { throttledDisk } from '../../test/kernel/lab/throttled-disk.js';
import { cleanUp } from '../../test/kernel/lab/undo.js';
import { median } from '../kernel-log/measure.js';

const PROGRAM = 'dist/oomkit.js';
const SAMPLES = 500;
const PEAK_AIM = 0.5;
const COST_AIM = 2;

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '150' },
    rate: { type: 'string', default: '30' },
    memory: { type: 'string', default: '64Mi' },
    rounds: { type: 'string', default: '1' },
  },
});

/** Milliseconds of CPU time a call takes, the median of many. */
function cpuOf(call: () => void): number {
  for (let warm = 0; warm < 50; warm++) call();
  return median(
    Array.from({ length: SAMPLES }, () => {
      const before = process.cpuUsage();
      call();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    }),
  );
}

/** One sample of an empty cgroup beside opening, reading and closing the files it reads. */
function measureSampler(): void {
  const hierarchy = findMemoryHierarchy(thisHost);
  const parent = cgroupOfProcess(thisHost, hierarchy, 'self');
  const path = `${parent === '/' ? '' : parent}/oomkit-bench-${process.pid}`;
  const directory = directoryOf(hierarchy, path);
  if (directory === undefined) throw new Error(`${path} lies outside what is mounted`);
  mkdirSync(directory);
  try {
    const sampler = new CgroupSampler({ host: thisHost, hierarchy, path, unreclaimableBytes: () => 0 });
    const files = ['stat', 'usage_in_bytes', 'limit_in_bytes', 'max_usage_in_bytes', 'failcnt', 'oom_control']
      .concat(
        ['usage_in_bytes', 'limit_in_bytes', 'max_usage_in_bytes', 'failcnt'].flatMap((name) => [
          `memsw.${name}`,
          `kmem.${name}`,
        ]),
      )
      .map((name) => `${directory}/memory.${name}`);
    const plain = cpuOf(() => {
      for (const file of files) readFileSync(file);
    });
    const sample = cpuOf(() => {
      if (!sampler.sampleNow()) throw new Error('no sample');
    });
    sampler.stop();
    console.log(
      `one sample: ${sample.toFixed(2)} ms of CPU; readFileSync of the same ${files.length} files: ${plain.toFixed(2)} ms`,
    );
    console.log(
      `  ratio ${(sample / plain).toFixed(2)}; aim: at most ${COST_AIM}; at one every 20 ms ${(sample * 5).toFixed(1)} % of a core`,
    );
  } finally {
    rmdirSync(directory);
  }
}

/** The preset on a throttled loop disk: peaks and times of each mode beside writeback's. */
function measureSeed(): void {
  const size = Number(values.size);
  const disk = throttledDisk(size + 64, Number(values.rate) * MIB);
  const raw = join(temporaryDirectory(), 'raw');
  writeFileSync(raw, Buffer.alloc(0));
  for (let written = 0; written < size; written++) writeFileSync(raw, randomBytes(MIB), { flag: 'a' });
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, `${raw}.qcow2`]);
  const words = ['lab', 'compare', '-o', 'json', '--memory', values.memory, '--rounds', values.rounds];
  const preset = ['--preset', 'qemu-cache-modes', '--source', `${raw}.qcow2`, '--target', join(disk, 'out.img')];
  const { stdout, status } = spawnSync(process.execPath, [PROGRAM, ...words, ...preset], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`oomkit lab compare ended with ${status}`);
  const { variants } = JSON.parse(stdout) as LabComparisonItem;
  const writeback = variants.find(({ name }) => name === 'writeback');
  console.log(`\n${size} MiB image, limit ${values.memory}, disk ${values.rate} MiB/s; beside writeback:`);
  for (const { name, peak, wallSeconds, limitHits } of variants) {
    const share = (peak.chargedBytes?.median ?? 0) / (writeback?.peak.chargedBytes?.median ?? 1);
    const times = wallSeconds.median / (writeback?.wallSeconds.median ?? 1);
    const isDirect = name === 'none' || name === 'directsync';
    const aim = isDirect ? `; aim: at most ${PEAK_AIM} of the peak, ${share <= PEAK_AIM ? 'met' : 'missed'}` : '';
    console.log(`  ${name.padEnd(13)} peak ${share.toFixed(2)}  time ${times.toFixed(2)}  limit hits ${limitHits.median}${aim}`);
  }
}

try {
  measureSampler();
  measureSeed();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  cleanUp();
}
