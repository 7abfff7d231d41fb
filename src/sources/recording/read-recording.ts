import { readFileSync, statSync } from 'node:fs';
import { MIB, type Recording } from '../../model/index.js';
import { BundleError } from '../bundle/error.js';
import { publicRecording } from '../bundle/public-text.js';
import { recordingOf } from './recording.js';

/** A recording has half a megabyte, and the kernel's log in it at most 4 MiB. */
const MOST_BYTES = 64 * MIB;

/** Reads the recording out of a run's file, without secrets that an older oomkit left in it. Throws a BundleError when it cannot be used. */
export function readRecording(path: string): Recording {
  let text: string;
  try {
    if (statSync(path).size > MOST_BYTES) throw new BundleError('too-large', path);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('read', path, { detail: error instanceof Error ? error.message : '' });
  }
  return recordingOf(publicRecording(text), path);
}
