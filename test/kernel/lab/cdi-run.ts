import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { collect, type Ended, IMPORT_LIMIT } from './import-run.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { temporaryDirectory } from './mounts.js';

const SCRIPT = resolve('test/kernel/lab/cdi-container.sh');
const SAMPLE_MS = 5;

/** The program as the Dockerfile lays it out in the image. */
export function imageContents(): string {
  const directory = temporaryDirectory();
  for (const name of ['dist', 'package.json', 'node_modules/koffi', 'node_modules/@koromix']) {
    if (existsSync(name)) cpSync(name, join(directory, name), { recursive: true });
  }
  chmodSync(directory, 0o755);
  return directory;
}

export interface CdiRun {
  readonly kill: () => void;
  readonly ended: Promise<Ended & { readonly termination: string; readonly failcnt: number; readonly peakDirtyBytes: number }>;
}

/**
 * Starts the program at CDI's paths, as CDI's user, in a memory cgroup of 128 MiB. `volume` is the directory for /data, or the number
 * of a block device.
 */
export function startAsCdi(program: string, volume: string, env: Readonly<Record<string, string>>): CdiRun {
  const place = temporaryDirectory();
  const termination = join(temporaryDirectory(), 'termination-log');
  mkdirSync(join(place, 'overlay'));
  writeFileSync(termination, '');
  // The kubelet's: whoever the container runs as writes it.
  chmodSync(termination, 0o666);
  const cgroup = MemoryCgroup.create();
  cgroup.limit(IMPORT_LIMIT);
  const words = ['--mount', 'sh', SCRIPT, join(place, 'overlay'), program, volume, termination, '-v=1'];
  const child = cgroup.spawn('unshare', words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
  });
  let peakDirtyBytes = 0;
  const timer = setInterval(() => {
    const { stat } = cgroup.read();
    peakDirtyBytes = Math.max(peakDirtyBytes, (stat.total_dirty ?? 0) + (stat.total_writeback ?? 0));
  }, SAMPLE_MS);
  const ended = collect(child).then((result) => {
    clearInterval(timer);
    const { failcnt } = cgroup.read();
    cgroup.remove();
    return { ...result, failcnt, peakDirtyBytes, termination: readFileSync(termination, 'utf8') };
  });
  return { kill: () => child.kill('SIGKILL'), ended };
}
