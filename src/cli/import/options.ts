import type { Checksum } from '../../import/digest.js';
import type { ListenAddress } from '../../import/metrics/address.js';
import type { Preallocation } from '../../import/run/request.js';
import type { CacheMode } from '../../import/target/cache-mode.js';
import type { CommonOptions } from '../options.js';

/** The options of `oomkit import`, as commander gives them. Sizes are bytes. */
export interface ImportOptions extends CommonOptions {
  readonly output: 'text' | 'json' | 'yaml';
  readonly cache: CacheMode;
  readonly dirtyLimit: number;
  readonly preallocation: Preallocation;
  readonly size?: number;
  readonly overhead?: number;
  readonly allowOvercommit?: boolean;
  readonly checksum?: Checksum;
  readonly verify?: boolean;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly member?: string;
  readonly scratch?: string;
  readonly stateDir: string;
  readonly retries: number;
  readonly timeout: number;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly anonymous?: boolean;
  readonly architecture?: string;
  readonly authFile?: string;
  readonly plainHttp?: boolean;
  readonly metrics?: ListenAddress;
}
