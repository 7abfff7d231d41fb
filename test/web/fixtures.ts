import { readdirSync, readFileSync } from 'node:fs';

const DIRECTORY = new URL('../fixtures/oom-logs/', import.meta.url);

/** All real logs, by name. */
export function fixtures(): [name: string, log: Uint8Array][] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => [name, readFileSync(new URL(name, DIRECTORY))]);
}
