import { afterEach, expect, it } from 'vitest';
import { abortOnSignals } from '../../src/cli/abort-on-signals.js';

const before = new Set(process.listeners('SIGTERM'));
const exitCode = process.exitCode;

/** What was put there to take SIGTERM. */
function handlers(): NodeJS.SignalsListener[] {
  return process.listeners('SIGTERM').filter((listener) => !before.has(listener));
}

afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    for (const listener of process.listeners(signal)) if (!before.has(listener)) process.removeListener(signal, listener);
  }
  process.exitCode = exitCode;
});

it('aborts on a signal, and ends with its number', () => {
  const { signal } = abortOnSignals();
  for (const take of handlers()) take('SIGTERM');
  expect(signal.aborted).toBe(true);
  expect(process.exitCode).toBe(143);
});

it.each([0, 5])('leaves the exit code %i as it is once all is done', (code) => {
  const { signal, settle } = abortOnSignals();
  settle(code);
  for (const take of handlers()) take('SIGTERM');
  expect(signal.aborted).toBe(false);
  expect(process.exitCode).toBe(code);
});

it('ends well with what was done though the signal came, too late to stop it', () => {
  const { settle } = abortOnSignals();
  for (const take of handlers()) take('SIGTERM');
  settle(0);
  expect(process.exitCode).toBe(0);
});
