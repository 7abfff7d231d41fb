import { constants } from 'node:os';

/** What asks the process to end, and whether it came in time. */
export interface Interruption {
  /** Aborts when the process is asked to end, which then ends with 128 and the number of what asked. */
  readonly signal: AbortSignal;
  /** Sets the exit code of what is done now, well or not: being asked to end changes it no more. */
  settle(exitCode: number): void;
}

/** Takes SIGINT, SIGTERM and SIGHUP as a wish to end in order. Each is taken once: the second one ends the process. */
export function abortOnSignals(): Interruption {
  const abort = new AbortController();
  let isSettled = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      if (isSettled) return;
      process.exitCode = 128 + constants.signals[signal];
      abort.abort();
    });
  }
  return {
    signal: abort.signal,
    settle: (exitCode) => {
      isSettled = true;
      process.exitCode = exitCode;
    },
  };
}
