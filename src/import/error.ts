import { type Message, type MessageValue, message } from '../model/index.js';

/** Whose fault it is, which decides the exit code. */
export type ImportFault = 'source' | 'target' | 'image';

const FAULTS = {
  'bad-source': 'source',
  'source-missing': 'source',
  'source-denied': 'source',
  'source-unreachable': 'source',
  'source-certificate': 'source',
  'source-status': 'source',
  'source-stalled': 'source',
  'source-cut': 'source',
  'source-changed': 'source',
  'source-empty': 'source',
  'source-redirects': 'source',
  'source-io': 'source',
  'no-validator': 'source',
  'bad-answer': 'source',
  'no-platform': 'source',
  'no-disk': 'source',
  'same-file': 'target',
  'target-exists': 'target',
  'target-permission': 'target',
  'target-busy': 'target',
  'target-directory': 'target',
  'target-too-small': 'target',
  'target-full': 'target',
  'target-io': 'target',
  'target-memory': 'target',
  'target-kind': 'target',
  'no-direct': 'target',
  'no-fallocate': 'target',
  'no-size': 'target',
  'helper-start': 'target',
  'helper-stalled': 'target',
  'helper-killed': 'target',
  'needs-scratch': 'target',
  'needs-scratch-wrapped': 'target',
  'metrics-port': 'target',
  'metrics-certificate': 'target',
  'archive-entry': 'image',
  'archive-path': 'image',
  'archive-none': 'image',
  'cdi-source': 'source',
  'cdi-unsupported': 'source',
  'cdi-environment': 'source',
  'cdi-header': 'source',
  'cdi-file': 'source',
  'cdi-not-ready': 'source',
  'checksum-mismatch': 'image',
  'digest-mismatch': 'image',
  'verify-mismatch': 'image',
  'format-unsupported': 'image',
  'image-refused': 'image',
  'too-deep': 'image',
  'too-dense': 'image',
  damaged: 'image',
  'decoder-memory': 'image',
  'tool-missing': 'image',
  'helper-limit': 'image',
  'convert-failed': 'image',
  'sizes-differ': 'image',
  'no-member': 'image',
  'several-members': 'image',
} as const satisfies Readonly<Record<string, ImportFault>>;

/** Why an image could not be imported. Each code has its sentence, `import.error.<code>`, in the message catalogues. */
export type ImportErrorCode = keyof typeof FAULTS;

export interface ImportErrorOptions {
  /** Whether trying again may help. */
  readonly retryable?: boolean;
  /** The least to wait before that: what a server asked for. */
  readonly waitMs?: number;
  readonly cause?: unknown;
  /** A sentence that says more than the code's own. */
  readonly problem?: Message;
}

/** What ended an import: what, where, and what to do next. No parameter carries a secret. */
export class ImportError extends Error {
  override readonly name: string = 'ImportError';
  readonly code: ImportErrorCode;
  readonly retryable: boolean;
  readonly waitMs: number;
  /** The sentence for the user. */
  readonly problem: Message;

  constructor(
    code: ImportErrorCode,
    params: Readonly<Record<string, MessageValue | string | number>> = {},
    { retryable = false, waitMs = 0, cause, problem }: ImportErrorOptions = {},
  ) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
    this.waitMs = waitMs;
    this.problem = problem ?? message(`import.error.${code}`, params);
  }

  get fault(): ImportFault {
    return FAULTS[this.code];
  }
}

/** The errno's name of an error of Node or libc; undefined when it has none. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
