import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../fixtures/heap/', import.meta.url);

export function fixture(path: string): Buffer {
  return readFileSync(new URL(path, FOLDER));
}

export function fixtureText(path: string): string {
  return fixture(path).toString('utf8');
}
