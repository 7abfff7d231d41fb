import type { HttpOptions } from './http/client.js';
import type { RetryPolicy } from './retry.js';
import type { S3Options } from './s3.js';

/** How to reach whatever a SOURCE names. */
export interface OpenOptions {
  readonly http: HttpOptions;
  readonly s3: S3Options;
  /** As registries name it: amd64, arm64. */
  readonly architecture: string;
  /** A docker config file's text, with logins for registries. */
  readonly registryAuth?: string;
  /** Speaks to registries without TLS. */
  readonly plainHttp: boolean;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  /** Of a blank disk. */
  readonly blankBytes?: number;
  readonly isCheckedLater: boolean;
}
