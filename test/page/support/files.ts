import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { collectCgroups } from '../../../src/sources/bundle/collect-cgroups.js';
import { type BundleFile, textFile } from '../../../src/sources/bundle/files.js';
import { BUNDLE_VERSION, KERNEL_LOG, LIVE_FACTS } from '../../../src/sources/bundle/manifest.js';
import { packBundle } from '../../../src/sources/bundle/write-bundle.js';
import { findMemoryHierarchy } from '../../../src/sources/cgroup/mounts.js';
import { paths, trees } from '../../fixtures-cgroup-trees.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

/** The kill that oomkit began with. */
export const SEED = 'test/fixtures/oom-logs/seed-cdi-importer.txt';
export const SEED_TEXT = readFileSync(SEED, 'utf8');
/** An incident of a node, with zones, free lists and a thousand lines. */
export const NODE_LOG = 'test/fixtures/oom-logs/006-oomanalyser-arch-global-611.txt';
/** Kills of a day, of several causes. */
export const SEVERAL = [
  '070-iso-journal-memcg-dup-victim.txt',
  '078-stressng-global-611.txt',
  '086-talos-java-burstable-v2-cgroupfs-prefix.txt',
].map((name) => join('test/fixtures/oom-logs', name));
export const KILLED_RUN = 'test/fixtures/recordings/anon-killed.json';
export const CACHE_RUN = 'test/fixtures/recordings/page-cache.json';
export const COMPARISON = 'test/fixtures/recordings/comparison.json';
export const HEAP = 'test/fixtures/heap/pprof/leaky-after.pb.gz';
export const HISTOGRAM = 'test/fixtures/heap/java/class-histogram-jdk17.txt';

/** A file of the running test. */
export function written(name: string, content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, content);
  return path;
}

export function gzipped(name: string, text: string): string {
  return written(name, gzipSync(text));
}

async function bundle(files: readonly BundleFile[]): Promise<string> {
  const header = {
    version: BUNDLE_VERSION,
    created: '2026-11-23T12:00:00.000Z',
    tool: { name: 'oomkit', version: '0.0.0' },
    host: { architecture: 'x64', hostname: 'redacted' },
  } as const;
  return written('bundle.tgz', await packBundle(header, files));
}

/** A bundle with a kill. */
export function bundleWithKill(): Promise<string> {
  return bundle([textFile(KERNEL_LOG, 'dmesg', SEED_TEXT)]);
}

/** A bundle of a machine on which nothing was killed. With a parent, its second process was started by the first. */
export function bundleWithoutKill({ hasParent = false } = {}): Promise<string> {
  const hierarchy = findMemoryHierarchy(trees.v2);
  const { files } = collectCgroups(trees.v2, hierarchy, paths.v2.app, new Date('2026-11-23T12:00:00Z'));
  return bundle(hasParent ? files.map((file) => (file.name === LIVE_FACTS ? withParent(file) : file)) : files);
}

function withParent(file: BundleFile): BundleFile {
  if (!('content' in file)) return file;
  const facts: unknown = JSON.parse(Buffer.from(file.content).toString('utf8'), (_, value) =>
    value?.pid === 4712 ? { ...value, parentPid: 4711 } : value,
  );
  return textFile(file.name, file.source, JSON.stringify(facts));
}
