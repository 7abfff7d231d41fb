/**
 * Measures `oomkit import` from a server on loopback to a disk, against what an importer does that downloads first and converts then,
 * and against qemu-img with the image at hand. See bench/README.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MIB } from '../../src/model/index.js';
import { diskOfRate } from '../../test/kernel/lab/image-disk.js';
import { MemoryCgroup } from '../../test/kernel/lab/memory-cgroup.js';
import { temporaryDirectory } from '../../test/kernel/lab/mounts.js';
import { cleanUp, onCleanup } from '../../test/kernel/lab/undo.js';

const AIM_DOWNLOAD = 0.6;
const AIM_LOCAL = 1.1;
const AIM_CACHE = 0.1;
/** What CDI gives its importer. */
const PEER_LIMIT = 600_000_000;
const OUR_LIMIT = 128 * MIB;
const SAMPLE_MS = 5;

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '512' },
    rate: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
  },
});
const [sizeMib, rateMib, rounds] = [Number(values.size), Number(values.rate), Number(values.rounds)];

type Command = readonly [string, ...string[]];

interface Cost {
  readonly seconds: number;
  readonly chargedBytes: number;
  /** Page cache, shmem apart. */
  readonly cacheBytes: number;
  readonly limitHits: number;
}

/** Runs commands one after another in a memory cgroup of their own, until all is on the disk. */
async function measure(limitBytes: number, disk: string, commands: readonly Command[]): Promise<Cost> {
  const cgroup = MemoryCgroup.create();
  cgroup.limit(limitBytes);
  let [chargedBytes, cacheBytes] = [0, 0];
  const timer = setInterval(() => {
    const { usageBytes, stat } = cgroup.read();
    chargedBytes = Math.max(chargedBytes, usageBytes);
    cacheBytes = Math.max(cacheBytes, (stat.total_cache ?? 0) - (stat.total_shmem ?? 0));
  }, SAMPLE_MS);
  const startMs = performance.now();
  for (const [file, ...args] of commands) {
    const child = cgroup.spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new Error(`${file}: ${status} ${stderr}`);
  }
  execFileSync('sync', ['-f', disk]);
  const seconds = (performance.now() - startMs) / 1000;
  clearInterval(timer);
  const { failcnt } = cgroup.read();
  cgroup.remove();
  return { seconds, chargedBytes, cacheBytes, limitHits: failcnt };
}

/** A server in a process of its own, whose memory and time are not counted. */
async function serve(directory: string): Promise<string> {
  const child = spawn(process.execPath, ['bench/import/server.mjs', directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onCleanup(() => child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return `http://127.0.0.1:${port.toString().trim()}`;
}

function median(costs: readonly Cost[]): Cost {
  const sorted = [...costs].sort((one, other) => one.seconds - other.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('no rounds');
  const highest = (of: (cost: Cost) => number): number => Math.max(...costs.map(of));
  return {
    seconds: middle.seconds,
    chargedBytes: highest(({ chargedBytes }) => chargedBytes),
    cacheBytes: highest(({ cacheBytes }) => cacheBytes),
    limitHits: highest(({ limitHits }) => limitHits),
  };
}

function row(name: string, { seconds, chargedBytes, cacheBytes, limitHits }: Cost): string {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(1).padStart(6);
  return `  ${name.padEnd(34)} ${seconds.toFixed(2).padStart(6)} s  charged ${mib(chargedBytes)} MiB  page cache ${mib(cacheBytes)} MiB  limit hits ${limitHits}`;
}

async function compare(name: string, format: 'raw' | 'qcow2', source: string, url: string, disk: string): Promise<void> {
  const target = join(disk, 'target.img');
  const scratch = join(disk, 'scratch.img');
  const afresh = (): void => {
    for (const path of [target, scratch]) rmSync(path, { force: true });
    execFileSync('sync', ['-f', disk]);
  };
  const ways = {
    oomkit: {
      limitBytes: OUR_LIMIT,
      commands: [[process.execPath, 'dist/oomkit.js', 'import', url, target]],
    },
    download: {
      limitBytes: PEER_LIMIT,
      commands: [
        ['curl', '--silent', '--fail', '--output', scratch, url],
        ['qemu-img', 'convert', '-t', 'writeback', '-f', format, '-O', 'raw', scratch, target],
      ],
    },
    local: {
      limitBytes: PEER_LIMIT,
      commands: [['qemu-img', 'convert', '-t', 'none', '-f', format, '-O', 'raw', source, target]],
    },
  } as const satisfies Record<string, { limitBytes: number; commands: readonly Command[] }>;
  const costs: Record<keyof typeof ways, Cost[]> = { oomkit: [], download: [], local: [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of Object.keys(ways) as (keyof typeof ways)[]) {
      afresh();
      const { limitBytes, commands } = ways[way];
      costs[way].push(await measure(limitBytes, disk, commands));
    }
  }
  const [ours, download, local] = [median(costs.oomkit), median(costs.download), median(costs.local)];
  console.log(`${format}, ${sizeMib} MiB, ${name}`);
  console.log(row('oomkit import URL', ours));
  console.log(row('(a) curl, then qemu-img convert', download));
  console.log(row('(b) qemu-img convert -t none FILE', local));
  console.log(`  time: ${(ours.seconds / download.seconds).toFixed(2)} of (a) (aim on the slow disk: at most ${AIM_DOWNLOAD})`);
  console.log(`  time: ${(ours.seconds / local.seconds).toFixed(2)} of (b) (aim: at most ${AIM_LOCAL})`);
  console.log(`  page cache: ${(ours.cacheBytes / download.cacheBytes).toFixed(3)} of (a) (aim: at most ${AIM_CACHE})\n`);
}

try {
  const directory = temporaryDirectory();
  const raw = join(directory, 'image.raw');
  const qcow2 = join(directory, 'image.qcow2');
  execFileSync('dd', ['if=/dev/urandom', `of=${raw}`, 'bs=1M', `count=${sizeMib}`, 'status=none']);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);
  const base = await serve(directory);
  const room = 2 * sizeMib + 128;
  const disks = [
    [`to a disk of ${rateMib} MiB/s`, diskOfRate(room, rateMib * MIB)],
    ['to a disk as fast as it is', diskOfRate(room, 0)],
  ] as const;
  for (const [name, disk] of disks) {
    await compare(name, 'raw', raw, `${base}/image.raw`, disk);
    await compare(name, 'qcow2', qcow2, `${base}/image.qcow2`, disk);
  }
} finally {
  cleanUp();
}
