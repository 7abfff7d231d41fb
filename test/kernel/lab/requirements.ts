import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MEMORY_HIERARCHY } from './memory-cgroup.js';

/** Why real kills cannot be made here, or undefined when they can. */
function whyNoKills(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync(join(MEMORY_HIERARCHY, 'memory.limit_in_bytes'))) return `no cgroup v1 memory hierarchy at ${MEMORY_HIERARCHY}`;
  if (!writable(MEMORY_HIERARCHY)) return `${MEMORY_HIERARCHY} is read-only`;
  if (!readable('/dev/kmsg')) return '/dev/kmsg cannot be read';
  return undefined;
}

/** Why a program cannot ask for transparent huge pages here, or undefined when it can. Source: Documentation/admin-guide/mm/transhuge.rst (6.18). */
function whyNoHugePages(): string | undefined {
  const setting = '/sys/kernel/mm/transparent_hugepage/enabled';
  if (!existsSync(setting)) return 'the kernel has no transparent huge pages';
  return readFileSync(setting, 'utf8').includes('[never]') ? `${setting} is never` : undefined;
}

/** Whether the tests of this folder run: where they cannot, they are skipped, except in CI, where that is a failure. */
export function skipKills(): boolean {
  return skipFor(whyNoKills());
}

/** The same for the tests that need transparent huge pages. */
export function skipHugePages(): boolean {
  return skipFor(whyNoHugePages());
}

function skipFor(reason: string | undefined): boolean {
  if (reason === undefined) return false;
  if (process.env.CI === 'true') throw new Error(`kernel tests cannot run: ${reason}`);
  console.warn(`kernel tests are skipped: ${reason}`);
  return true;
}

function writable(path: string): boolean {
  return permits(path, constants.W_OK);
}

function readable(path: string): boolean {
  return permits(path, constants.R_OK);
}

function permits(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
