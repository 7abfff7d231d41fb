import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ContainerIdentity } from '../../../src/model/index.js';
import { identifyCgroup } from '../../../src/sources/cgroup/identity.js';

interface Case {
  readonly path: string;
  readonly layout?: string;
  readonly expected: ContainerIdentity;
}

function cases(name: string): readonly Case[] {
  return JSON.parse(readFileSync(new URL(`../../fixtures/cgroup-paths/${name}.json`, import.meta.url), 'utf8'));
}

describe('identifyCgroup', () => {
  it.each(cases('layouts'))('$layout: $path', ({ path, expected }) => {
    expect(identifyCgroup(path)).toEqual(expected);
  });

  // Every path in the collected kernel logs, with what a reader of each log found.
  it.each(cases('kernel-logs'))('as logged: $path', ({ path, expected }) => {
    expect(identifyCgroup(path)).toEqual(expected);
  });
});
