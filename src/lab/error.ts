import { type Message, type MessageValue, message } from '../model/index.js';

/** Why the lab cannot run a command. Each code has its sentence, `lab.error.<code>`, in the message catalogues. */
export type LabErrorCode =
  | 'no-place-v1'
  | 'no-place-v2'
  | 'internal-processes'
  | 'create'
  | 'limit'
  | 'no-swap-control'
  | 'no-exec'
  | 'enter'
  | 'launcher'
  | 'reset';

/** Something that keeps a command from being run in a cgroup: what, where, and what to do next. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly code: LabErrorCode;
  /** The sentence for the user. */
  readonly problem: Message;

  constructor(
    code: LabErrorCode,
    subject: string,
    params: Readonly<Record<string, MessageValue | string | number>> = {},
    cause?: unknown,
  ) {
    super(`${code}: ${subject}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.problem = message(`lab.error.${code}`, { subject, ...params });
  }
}

/** The errno's name of an error of Node, or its message. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
