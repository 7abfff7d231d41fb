import { type Message, type MessageValue, message } from '../../model/index.js';

/** Why a bundle cannot be written or read. Each code has its sentence, `bundle.error.<code>`, in the message catalogues. */
export type BundleErrorCode = 'exists' | 'write' | 'read' | 'recording' | 'comparison' | 'version' | 'manifest' | 'too-large';

/** A bundle that cannot be written or read at all: which, why and what to do next. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code: BundleErrorCode;
  /** The sentence for the user. */
  readonly problem: Message;

  constructor(code: BundleErrorCode, path: string, params: Readonly<Record<string, MessageValue | string | number>> = {}) {
    super(`${code}: ${path}`);
    this.code = code;
    this.problem = message(`bundle.error.${code}`, { path, ...params });
  }
}
