import type { CommandStreams } from './launch.js';

/** What to run, and under which limit. */
export interface RunRequest {
  readonly command: readonly [string, ...string[]];
  /** No limit unless given: the run is then only measured. */
  readonly limitBytes?: number;
  /** Whether its memory may be swapped out. */
  readonly swap?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Of the command's standard streams; `inherit` unless given. */
  readonly stdio?: CommandStreams;
}
