import { type Message, type MessageValue, message } from '../model/index.js';

/** Why something cannot be guarded. Each code has its sentence, `guard.error.<code>`, in the message catalogues. */
export type GuardErrorCode =
  | 'bound-above-limit'
  | 'cache-below-dirty'
  | 'no-process'
  | 'not-itself'
  | 'first-process'
  | 'kernel-thread'
  | 'root-cgroup'
  | 'permission'
  | 'watchdog'
  | 'not-found'
  | 'not-executable';

/** What keeps a guard from starting: what, where, and what to do next. */
export class GuardError extends Error {
  override readonly name = 'GuardError';
  readonly code: GuardErrorCode;
  /** The sentence for the user. */
  readonly problem: Message;

  constructor(code: GuardErrorCode, params: Readonly<Record<string, MessageValue | string | number>> = {}) {
    super(code);
    this.code = code;
    this.problem = message(`guard.error.${code}`, params);
  }
}
