import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { type ImportReport, MIB } from '../../../src/model/index.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { onCleanup } from './undo.js';

const PROGRAM = resolve('dist/oomkit.js');
/** The contract: the whole process tree, whatever the image and the disk. */
export const IMPORT_LIMIT = 128 * MIB;
/** A judge of its own, so that the importer is not the only witness. */
const SAMPLE_MS = 5;

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Measured extends Ended {
  readonly failcnt: number;
  /** The highest dirty + writeback of the cgroup, read from outside. */
  readonly peakDirtyBytes: number;
}

/** What a program says, and how it ends. */
export function collect(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  return once(child, 'close').then(([status, signal]) => ({ status, signal, ...texts }) as Ended);
}

/** Imports inside a memory cgroup of 128 MiB. */
export function importInCgroup(...args: readonly string[]): Promise<Measured> {
  return importWithin(IMPORT_LIMIT, ...args);
}

/** Imports inside a memory cgroup of another limit. */
export async function importWithin(limitBytes: number, ...args: readonly string[]): Promise<Measured> {
  const cgroup = MemoryCgroup.create();
  cgroup.limit(limitBytes);
  const child = cgroup.spawn(process.execPath, [PROGRAM, 'import', '-o', 'json', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = collect(child);
  let peakDirtyBytes = 0;
  const timer = setInterval(() => {
    const { stat } = cgroup.read();
    peakDirtyBytes = Math.max(peakDirtyBytes, (stat.total_dirty ?? 0) + (stat.total_writeback ?? 0));
  }, SAMPLE_MS);
  const result = await ended;
  clearInterval(timer);
  const { failcnt } = cgroup.read();
  cgroup.remove();
  return { ...result, failcnt, peakDirtyBytes };
}

/** Starts an import beside the test. */
export function startImport(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [PROGRAM, 'import', '-o', 'json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', ...env },
  });
  onCleanup(() => child.kill('SIGKILL'));
  return { child, ended: collect(child) };
}

/** The report of an import that must have succeeded. */
export function reportOf({ stdout, stderr, status }: Ended): ImportReport {
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout) as ImportReport;
}
