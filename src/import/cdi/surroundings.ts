import type { Message } from '../../model/index.js';
import type { ImportProgress, OwnMemory } from '../run/request.js';
import type { RetryPolicy } from '../sources/retry.js';
import type { CdiPaths } from './paths.js';

/** What an import for CDI is done with. */
export interface CdiSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly paths: CdiPaths;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  readonly memory?: OwnMemory;
  readonly onProgress: (progress: ImportProgress) => void;
  /** Tells the log of the container. */
  readonly say: (text: Message) => void;
  /** Puts a text of oomkit's into words, for the termination message. */
  readonly inWords: (text: Message) => string;
  /** How long to wait for the container that serves an image. */
  readonly readyTimeoutMs?: number;
}
