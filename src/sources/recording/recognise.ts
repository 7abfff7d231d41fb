import { headOfFile } from '../kernel-log/readers/head.js';
import { documentKind } from './recording.js';

const HEAD_BYTES = 256;

/** Whether a file is the recording of a run, by its first bytes. */
export function isRecording(path: string): boolean {
  try {
    const head = headOfFile(path, HEAD_BYTES);
    return head !== undefined && documentKind(Buffer.from(head).toString('utf8')) === 'LabRun';
  } catch {
    // Whoever reads it as something else says what is wrong with it.
    return false;
  }
}
