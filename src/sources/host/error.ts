import { type Message, type MessageValue, message } from '../../model/index.js';

/** Why a file or figure of the host could not be had. Each code has its sentence, `host.error.<code>`, in the message catalogues. */
export type HostErrorCode =
  | 'permission'
  | 'io'
  | 'no-mountinfo'
  | 'no-memory-hierarchy'
  | 'no-process'
  | 'no-cgroup'
  | 'outside-hierarchy'
  | 'no-match'
  | 'ambiguous';

/** Something of the host that could not be read or found: which, why, and what to do next. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: HostErrorCode;
  readonly subject: string;
  /** The sentence for the user. */
  readonly problem: Message;

  constructor(
    code: HostErrorCode,
    subject: string,
    params: Readonly<Record<string, MessageValue | string | number>> = {},
    cause?: unknown,
  ) {
    super(`${code}: ${subject}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.subject = subject;
    this.problem = message(`host.error.${code}`, { subject, ...params });
  }
}
