import type { CommonOptions } from '../options.js';

/** What `lab run` was asked for. */
export interface LabRunOptions extends CommonOptions {
  readonly memory?: number;
  readonly swap?: boolean;
  readonly output: string;
  readonly live: boolean;
}

/** What `lab compare` was asked for. */
export interface LabCompareOptions extends CommonOptions {
  readonly memory?: number;
  readonly swap?: boolean;
  readonly variant: readonly string[];
  readonly rounds: number;
  readonly reset?: string;
  readonly preset?: string;
  readonly source?: string;
  readonly target?: string;
  readonly force?: boolean;
  readonly output: 'text' | 'wide' | 'json' | 'yaml';
}

/** What `lab fit` was asked for. */
export interface LabFitOptions extends CommonOptions {
  readonly slowdown: number;
  readonly tolerance: number;
  readonly maxRuns: number;
  readonly from?: number;
  readonly to?: number;
  readonly swap?: boolean;
  readonly reset?: string;
  readonly container?: string;
  readonly output: 'text' | 'wide' | 'json' | 'yaml';
}

/** What `lab predict` was asked for. Sizes are bytes, rates bytes per second. */
export interface LabPredictOptions extends CommonOptions {
  readonly writeRate: number;
  readonly diskRate: number;
  readonly limit: number;
  readonly other: number;
  readonly memory?: number;
  readonly kernel?: string;
  readonly cgroupVersion?: 1 | 2;
  readonly cgroupWriteback: boolean;
  readonly dirtyRatio?: number;
  readonly dirtyBackgroundRatio?: number;
  readonly dirtyBytes?: number;
  readonly dirtyBackgroundBytes?: number;
  readonly output: 'text' | 'json' | 'yaml';
}
