import { execFileSync, spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import type { CompressedFormat } from '../../src/import/formats/image-format.js';

const TOOLS = { xz: ['xz', '-1', '-c'], zst: ['zstd', '-q', '-c'], bz2: ['bzip2', '-1', '-c'] } as const;

/** Whether the program for a compression is here. Tests that need one may skip, but not where they must not. */
export function hasTool(compression: Exclude<CompressedFormat, 'gz'>): boolean {
  const [program] = TOOLS[compression];
  const isHere = spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined;
  if (!isHere && process.env.CI === 'true') throw new Error(`tests of decompression cannot run: ${program} not found`);
  return isHere;
}

/** Compresses with the usual tool, and more options to it. */
export function compress(compression: CompressedFormat, data: Uint8Array, ...options: readonly string[]): Buffer {
  if (compression === 'gz') return gzipSync(data);
  const [program, ...usual] = TOOLS[compression];
  return execFileSync(program, [...usual, ...options], { input: data, maxBuffer: 1e9 });
}
