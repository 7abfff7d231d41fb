/**
 * Turns what a guest told of a living cgroup into a host in small: `tsx to-tree.ts TOLD_FILE OUTPUT_DIRECTORY NAME`.
 * Writes NAME/proc and NAME/sys, the files verbatim, and NAME/made.json, what is true of them by construction.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readTold, required } from './told.js';

/** Bytes pass as they are: command lines hold NUL, and names may be in any encoding. */
const ENCODING = 'latin1';
const FILE = 'file ';

const [toldFile, outputDirectory, name] = process.argv.slice(2);
if (toldFile === undefined || outputDirectory === undefined || name === undefined) {
  throw new Error('usage: to-tree TOLD_FILE OUTPUT_DIRECTORY NAME');
}
const told = readTold(readFileSync(toldFile, ENCODING));
required(told, 'done');
const tree = join(outputDirectory, name);
rmSync(tree, { recursive: true, force: true });
for (const [key, lines] of told.texts) {
  if (!key.startsWith(FILE)) continue;
  const path = join(tree, key.slice(FILE.length));
  mkdirSync(dirname(path), { recursive: true });
  // The guest put a line feed after the file.
  writeFileSync(path, lines.join('\n'), ENCODING);
}
const made = {
  kernel: required(told, 'release'),
  kind: required(told, 'kind'),
  plantedBytes: Number(required(told, 'plantedBytes')),
  podUid: required(told, 'podUid'),
  containerId: required(told, 'containerId'),
  container: required(told, 'container'),
  limit: { path: required(told, 'smallestLimit'), bytes: Number(required(told, 'smallestLimitBytes')) },
};
writeFileSync(join(tree, 'made.json'), `${JSON.stringify(made, null, 1)}\n`);
