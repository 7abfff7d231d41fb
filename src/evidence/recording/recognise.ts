import { closeSync, openSync, readSync } from 'node:fs';

const HEAD_BYTES = 256;
/** oomkit writes these two first; another program may have laid the text out anew. */
const HEAD = /^\s*\{\s*"apiVersion":\s*"oomkit\.dev\/[\w.]{1,20}",\s*"kind":\s*"LabRun"/;

/** Whether a file is the recording of a run, by its first bytes. */
export function isRecording(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(HEAD_BYTES);
      return HEAD.test(buffer.toString('utf8', 0, readSync(file, buffer, 0, HEAD_BYTES, 0)));
    } finally {
      closeSync(file);
    }
  } catch {
    // Whoever reads it as something else says what is wrong with it.
    return false;
  }
}
