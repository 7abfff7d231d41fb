import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { MEMORY_HIERARCHY, NAME_PREFIX } from './memory-cgroup.js';

/** What this process put on the machine and is still there: nothing, after clean-up. */
export function leftovers(): string[] {
  return [...cgroups(), ...mounts(), ...loopDevices(), ...directories(), ...children()];
}

function cgroups(): string[] {
  return ours(readdirSync(MEMORY_HIERARCHY)).map((name) => `cgroup ${name}`);
}

function mounts(): string[] {
  return ours(readFileSync('/proc/mounts', 'utf8').split('\n')).map((line) => `mount ${line}`);
}

function directories(): string[] {
  return ours(readdirSync(tmpdir())).map((name) => `directory ${name}`);
}

function loopDevices(): string[] {
  return readdirSync('/sys/block').flatMap((name) => {
    const file = readIfThere(`/sys/block/${name}/loop/backing_file`);
    return file?.includes(NAME_PREFIX) === true ? [`loop device ${name}`] : [];
  });
}

/** Children of this process that run a program of these tests; what the test runner itself started stays out. */
function children(): string[] {
  const pids = readIfThere(`/proc/self/task/${process.pid}/children`)?.split(' ').filter(Boolean) ?? [];
  return pids.filter((pid) => runsProgramOfTests(pid)).map((pid) => `process ${pid} ${readIfThere(`/proc/${pid}/comm`)?.trim()}`);
}

function runsProgramOfTests(pid: string): boolean {
  try {
    const program = readlinkSync(`/proc/${pid}/exe`);
    return program !== process.execPath || readIfThere(`/proc/${pid}/cgroup`)?.includes(NAME_PREFIX) === true;
  } catch {
    return false;
  }
}

function ours(names: readonly string[]): string[] {
  return names.filter((name) => name.includes(NAME_PREFIX));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
