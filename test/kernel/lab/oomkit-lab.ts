import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cgroupOfProcess } from '../../../src/sources/cgroup/find.js';
import { directoryOf, findMemoryHierarchy } from '../../../src/sources/cgroup/mounts.js';
import { thisHost } from '../../../src/sources/host/host.js';

/** How the tests start oomkit: as it is built, which starts in a fraction of the time that the source takes. */
export const PROGRAM = [process.execPath, 'dist/oomkit.js'] as const;

/** What a finished `oomkit lab` left behind and printed. */
export interface LabResult {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `oomkit lab ARGS…` with pipes; `done` settles when it and its streams have ended. */
export function startLab(args: readonly string[]): { readonly child: ChildProcess; readonly done: Promise<LabResult> } {
  const [file, ...rest] = PROGRAM;
  const child = spawn(file, [...rest, 'lab', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LANG: 'C' } });
  return { child, done: finish(child) };
}

export function lab(...args: readonly string[]): Promise<LabResult> {
  return startLab(args).done;
}

async function finish(child: ChildProcess): Promise<LabResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { pid: child.pid ?? 0, code, signal, stdout, stderr };
}

/** The cgroups that an oomkit of this pid made and has not removed. */
export function cgroupsOf(pid: number): string[] {
  const hierarchy = findMemoryHierarchy(thisHost);
  const directory = directoryOf(hierarchy, cgroupOfProcess(thisHost, hierarchy, 'self')) ?? hierarchy.directory;
  return readdirSync(directory)
    .filter((name) => name.startsWith(`oomkit-lab-${pid}-`))
    .map((name) => `${directory}/${name}`);
}

/** The processes whose command line holds a word, or a word in which `part` occurs. */
export function processesWith(word: string, part = word): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      const words = readIfThere(`/proc/${pid}/cmdline`).split('\0');
      return words.includes(word) && words.some((text) => text.includes(part));
    })
    .map(Number);
}

/** Waits until something holds, for half a minute at most; whether it does. */
export async function until(holds: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(10)) if (holds()) return true;
  return holds();
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
