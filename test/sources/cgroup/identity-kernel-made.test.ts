import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { identifyCgroup } from '../../../src/sources/cgroup/identity.js';

const directory = new URL('../../fixtures/kernel-made/', import.meta.url);
const names = readdirSync(directory)
  .filter((file) => file.endsWith('.log'))
  .map((file) => file.slice(0, -'.log'.length));

/** What the maker of the report knew. */
interface Made {
  readonly podUid: string;
  readonly containerId: string;
  readonly victim?: { readonly pid: number };
}

describe('identifyCgroup, for the victims of real kernels', () => {
  it.each(names)('%s', (name) => {
    const log = readFileSync(new URL(`${name}.log`, directory), 'utf8');
    const made: Made = JSON.parse(readFileSync(new URL(`${name}.json`, directory), 'utf8'));
    const path = new RegExp(`task_memcg=([^,]+),task=[^,]+,pid=${made.victim?.pid},`).exec(log)?.[1] ?? '';
    expect(identifyCgroup(path)).toMatchObject({ level: 'container', podUid: made.podUid, containerId: made.containerId });
  });
});
