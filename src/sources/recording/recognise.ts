import { closeSync, openSync, readSync } from 'node:fs';
import { documentKind } from './recording.js';

const HEAD_BYTES = 256;
/** Whether a file is the recording of a run, by its first bytes. */
export function isRecording(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(HEAD_BYTES);
      return documentKind(buffer.toString('utf8', 0, readSync(file, buffer, 0, HEAD_BYTES, 0))) === 'LabRun';
    } finally {
      closeSync(file);
    }
  } catch {
    // Whoever reads it as something else says what is wrong with it.
    return false;
  }
}
