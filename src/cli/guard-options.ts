import type { CommonOptions } from './options.js';

/** What `guard` was asked for. */
export interface GuardOptions extends CommonOptions {
  readonly dirty?: number;
  readonly cache?: number;
  readonly pid?: readonly number[];
  readonly cgroup?: string;
  readonly report?: boolean;
  readonly reportFile?: string;
  readonly plain?: boolean;
  readonly output: 'text' | 'json';
}
