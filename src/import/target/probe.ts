import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { ALIGNMENT, pageAligned } from './aligned.js';
import type { DirectAnswer } from './cache-mode.js';
import type { TargetFacts } from './facts.js';

/**
 * Whether O_DIRECT works on a target, by writing with it. An open that succeeds proves nothing: tmpfs takes the flag since Linux
 * 6.6 and writes to memory, FUSE and some network file systems take it and buffer elsewhere. A file system that goes past the page
 * cache refuses a buffer that is not aligned, so a refusal of one write and success of the other are the proof; where both succeed
 * it stays open whether the pages are cached. What is written is what was there; a file that was empty, or new, is so again.
 */
export function probeDirect({ path, kind, exists }: TargetFacts): DirectAnswer {
  const flags = constants.O_RDWR | constants.O_DIRECT | (kind === 'block' ? constants.O_EXCL : constants.O_CREAT);
  let fd: number;
  try {
    fd = openSync(path, flags, 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EINVAL') return 'refused';
    throw error;
  }
  try {
    const before = kind === 'file' ? fstatSync(fd).size : undefined;
    const answer = probeOpen(fd);
    if (before !== undefined) ftruncateSync(fd, before);
    return answer;
  } finally {
    closeSync(fd);
    if (!exists) unlinkSync(path);
  }
}

function probeOpen(fd: number): DirectAnswer {
  const memory = pageAligned(3 * ALIGNMENT);
  const aligned = memory.subarray(0, ALIGNMENT);
  if (!succeeds(() => readSync(fd, aligned, 0, ALIGNMENT, 0))) return 'refused';
  if (!succeeds(() => writeSync(fd, aligned, 0, ALIGNMENT, 0))) return 'refused';
  const askew = memory.subarray(ALIGNMENT + 1, 2 * ALIGNMENT + 1);
  askew.set(aligned);
  return succeeds(() => writeSync(fd, askew, 0, ALIGNMENT, 0)) ? 'accepted' : 'proven';
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'EOPNOTSUPP')) return false;
    throw error;
  }
}
