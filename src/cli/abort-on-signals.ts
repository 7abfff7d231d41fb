import { constants } from 'node:os';

/** A signal that aborts when the process is asked to end, which then ends with 128 and the number of what asked. */
export function abortOnSignals(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      abort.abort();
    });
  }
  return abort.signal;
}
