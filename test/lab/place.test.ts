import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCgroup, limitCgroup, planCgroup } from '../../src/lab/cgroup/lab-cgroup.js';
import { findPlace } from '../../src/lab/cgroup/place.js';
import { removeCgroups } from '../../src/lab/cgroup/remove.js';
import { LabError } from '../../src/lab/error.js';
import { findMemoryHierarchy } from '../../src/sources/cgroup/mounts.js';
import { hostAt } from '../../src/sources/host/host.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

interface Cgroup {
  readonly path: string;
  readonly controllers: string;
  readonly handsOut: string;
  readonly processes?: readonly number[];
  readonly isReadOnly?: boolean;
}

/** A v2 host whose /sys/fs/cgroup has these cgroups, this process being in the last. */
function v2Host(...cgroups: readonly Cgroup[]) {
  const root = temporaryDirectory();
  const own = cgroups.at(-1)?.path ?? '/';
  mkdirSync(join(root, 'proc', 'self'), { recursive: true });
  writeFileSync(join(root, 'proc', 'self', 'cgroup'), `0::${own}\n`);
  writeFileSync(
    join(root, 'proc', 'self', 'mountinfo'),
    '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n',
  );
  for (const { path, controllers, handsOut, processes = [] } of cgroups) {
    const directory = join(root, 'sys/fs/cgroup', path);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'cgroup.controllers'), `${controllers}\n`);
    writeFileSync(join(directory, 'cgroup.subtree_control'), `${handsOut}\n`);
    writeFileSync(join(directory, 'cgroup.procs'), processes.map((pid) => `${pid}\n`).join(''));
  }
  return { root, host: hostAt(root) };
}

function placeOn(host: ReturnType<typeof hostAt>, self: readonly number[] = [42]) {
  return findPlace(host, findMemoryHierarchy(host), self);
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof LabError) return error.code;
    throw error;
  }
  return undefined;
}

const ROOT: Cgroup = { path: '/', controllers: 'cpu memory pids', handsOut: '' };

describe('a place on cgroup v2', () => {
  test('is the nearest cgroup above that hands the memory controller out: the slice of a session’s scope', () => {
    const { host, root } = v2Host(
      { ...ROOT, handsOut: 'memory' },
      { path: '/user.slice', controllers: 'memory', handsOut: 'memory' },
      { path: '/user.slice/app.slice', controllers: 'memory', handsOut: 'memory' },
      { path: '/user.slice/app.slice/shell.scope', controllers: 'memory', handsOut: '', processes: [7, 42] },
    );
    expect(placeOn(host)).toMatchObject({
      path: '/user.slice/app.slice',
      directory: join(root, 'sys/fs/cgroup/user.slice/app.slice'),
      needsLeaf: false,
    });
  });

  test('is the caller’s own, through a leaf, when it was delegated and holds nobody else', () => {
    const { host } = v2Host(ROOT, { path: '/run.scope', controllers: 'memory', handsOut: '', processes: [42] });
    expect(placeOn(host)).toMatchObject({ path: '/run.scope', needsLeaf: true });
  });

  test('is refused where another process lives in the only cgroup there is', () => {
    const { host } = v2Host(ROOT, { path: '/run.scope', controllers: 'memory', handsOut: '', processes: [42, 43] });
    expect(codeOf(() => placeOn(host))).toBe('internal-processes');
  });

  test('is refused where the memory controller is not there', () => {
    const { host } = v2Host({ ...ROOT, controllers: 'pids' }, { path: '/run.scope', controllers: 'pids', handsOut: '' });
    expect(codeOf(() => placeOn(host))).toBe('no-place-v2');
  });
});

describe('a cgroup on v2', () => {
  test('is made after the place is emptied into a leaf, limited, and kept from swapping', () => {
    const { host, root } = v2Host(ROOT, { path: '/run.scope', controllers: 'memory', handsOut: '', processes: [42] });
    const scope = join(root, 'sys/fs/cgroup/run.scope');
    const cgroup = planCgroup(placeOn(host));
    createCgroup(cgroup, [4711]);
    const leaf = cgroup.cleanup.leaf?.directory ?? '';
    // A file keeps the last write: the watchdog's pid, after this process's.
    expect(readFileSync(join(leaf, 'cgroup.procs'), 'utf8')).toBe('4711');
    expect(readFileSync(join(scope, 'cgroup.subtree_control'), 'utf8')).toBe('+memory');
    writeFileSync(join(cgroup.directory, 'memory.swap.max'), 'max');
    expect(limitCgroup(2, cgroup.directory, 600_000_000, false)).toBe(600_000_000);
    expect(readFileSync(join(cgroup.directory, 'memory.max'), 'utf8')).toBe('600000000');
    expect(readFileSync(join(cgroup.directory, 'memory.swap.max'), 'utf8')).toBe('0');
  });

  test('says which file refused the limit', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'memory.max'));
    expect(codeOf(() => limitCgroup(2, directory, 1, false))).toBe('limit');
  });

  test('is gone after its removal, those below it too', async () => {
    const directory = join(temporaryDirectory(), 'lab');
    mkdirSync(join(directory, 'below'), { recursive: true });
    expect(await removeCgroups({ version: 2, directory }, 1000)).toBe(0);
    expect(await removeCgroups({ version: 2, directory }, 1000)).toBe(0);
  });

  test('that cannot be removed in time is told', async () => {
    const directory = join(temporaryDirectory(), 'lab');
    mkdirSync(directory);
    writeFileSync(join(directory, 'busy'), '');
    chmodSync(directory, 0o755);
    expect(await removeCgroups({ version: 2, directory }, 50)).toBeUndefined();
  });
});
