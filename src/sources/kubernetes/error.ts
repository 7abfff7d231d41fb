import { type Message, message } from '../../model/index.js';

export type KubeErrorCode =
  | 'no-config'
  | 'no-context'
  | 'credentials'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'rejected'
  | 'expired'
  | 'throttled'
  | 'server-error'
  | 'refused'
  | 'unreachable'
  | 'certificate'
  | 'timeout'
  | 'cut'
  | 'not-kubernetes'
  | 'too-large'
  | 'debug-node';

/** Why the cluster did not answer, as a sentence for the user. Never holds a header or a credential. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;
  readonly problem: Message;
  /** Seconds the server asked to wait. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: KubeErrorCode, params: Readonly<Record<string, string>>, retryAfterSeconds?: number) {
    super(`${code}: ${Object.values(params).join(' ')}`);
    this.code = code;
    this.problem = message(`cluster.error.${code}`, params);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The errors after which the same request may succeed. */
export function isTransient({ code }: KubeError): boolean {
  return code === 'throttled' || code === 'server-error' || code === 'cut' || code === 'unreachable' || code === 'timeout';
}
