import { writeFileSync } from 'node:fs';
import { ImportError } from '../error.js';

/** What the kubelet keeps of it at most: pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLength (Kubernetes 1.35). */
const MAX_BYTES = 4096;

/** The members of CDI's TerminationMessage (pkg/common/common.go, 1.66) that an importer of disks has. */
export interface TerminationMessage {
  readonly scratchSpaceRequired?: boolean;
  readonly preallocationApplied?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The message of an import that came to its end. */
export const COMPLETE = 'Import Complete';

/** A termination message as CDI's controller reads it. Labels that make it too long are left out: a cut text is not read at all. */
export function terminationText(message: TerminationMessage): string {
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  const { labels: _, ...rest } = message;
  return Buffer.byteLength(JSON.stringify(rest)) <= MAX_BYTES ? JSON.stringify(rest) : JSON.stringify({ ...rest, message: '…' });
}

/**
 * What CDI's controller looks for in the text of a failure: a checksum ends the import for good (updatePvcFromPod() in
 * pkg/controller/import-controller.go), and no room is told to the user (simplifyKnownMessage() in pkg/controller/util.go; 1.66).
 */
const KNOWN: Readonly<Record<string, string>> = {
  'checksum-mismatch': 'checksum mismatch: ',
  'target-too-small': 'virtual image size is larger than the reported available storage: ',
  'target-full': 'no space left on device: ',
};

/** When an import fails: what was done then decides how CDI's importer says it. */
export type CdiStage = 'start' | 'connect' | 'process' | 'blank';

/** Errors whose words are CDI's own, and whole. */
const WHOLE: ReadonlySet<string> = new Set(['cdi-source', 'cdi-not-ready']);

/** The text of a failure, in one line. `told` is the error in words. */
export function failureText(error: unknown, told: string, stage: CdiStage, source: string): string {
  const code = error instanceof ImportError ? error.code : '';
  return oneLine(WHOLE.has(code) ? told : `${prefixOf(stage, source)}: ${KNOWN[code] ?? ''}${told}`);
}

function prefixOf(stage: CdiStage, source: string): string {
  if (stage === 'connect') return `Unable to connect to ${source} data source`;
  return stage === 'blank' ? 'Unable to create blank image' : 'Unable to process data';
}

/** Cut to what is kept, and not inside of a character. */
function oneLine(text: string): string {
  const line = Buffer.from(text.replace(/\s+/g, ' '));
  if (line.length <= MAX_BYTES) return line.toString();
  return new TextDecoder().decode(line.subarray(0, MAX_BYTES - 3)).replace(/\ufffd+$/, '');
}

/** Leaves a termination message for the kubelet. Where that cannot be written there is nobody to tell but the log. */
export function writeTermination(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
