import { expect, it } from 'vitest';
import { DirtyGrowth } from '../../../src/import/target/dirty-growth.js';
import { MIB } from '../../../src/model/index.js';

/** A cgroup with dirty pages of the target and of others; syncing the target writes the former. */
function cgroup(others = 0) {
  const dirty = { target: 0, others };
  let syncs = 0;
  const growth = new DirtyGrowth(
    () => dirty.target + dirty.others,
    async () => {
      syncs += 1;
      dirty.target = 0;
    },
  );
  return { dirty, growth, syncs: () => syncs };
}

it('tells dirty pages that grow with the writing, and go when the target is synced, for the target’s', async () => {
  const { dirty, growth, syncs } = cgroup(100 * MIB);
  expect(await growth.isOfTarget()).toBe(false);
  dirty.target = 4 * MIB;
  expect(await growth.isOfTarget()).toBe(false);
  expect(syncs()).toBe(0);
  dirty.target = 12 * MIB;
  expect(await growth.isOfTarget()).toBe(true);
  expect(dirty.target).toBe(0);
});

it('stops another program that writes only while the target is synced', async () => {
  const { dirty, growth } = cgroup();
  const calls: string[] = [];
  const writer = {
    pause: () => void calls.push(`pause ${dirty.target / MIB}`),
    resume: () => void calls.push(`resume ${dirty.target / MIB}`),
  };
  dirty.target = MIB;
  expect(await growth.isOfTarget(writer)).toBe(false);
  expect(calls).toEqual([]);
  dirty.target = 20 * MIB;
  expect(await growth.isOfTarget(writer)).toBe(true);
  expect(calls).toEqual(['pause 20', 'resume 0']);
});

it('takes what stays when the target is synced for somebody else’s, and does not ask again for the same', async () => {
  const { dirty, growth, syncs } = cgroup();
  dirty.others = 50 * MIB;
  expect(await growth.isOfTarget()).toBe(false);
  dirty.others = 52 * MIB;
  expect(await growth.isOfTarget()).toBe(false);
  expect(syncs()).toBe(1);
  // The others' have been written meanwhile: the target's grow from there.
  dirty.others = 0;
  expect(await growth.isOfTarget()).toBe(false);
  dirty.target = 9 * MIB;
  expect(await growth.isOfTarget()).toBe(true);
});

it('tells nothing where the cgroup does not', async () => {
  const growth = new DirtyGrowth(
    () => undefined,
    () => Promise.reject(new Error('synced')),
  );
  expect(await growth.isOfTarget()).toBe(false);
});
