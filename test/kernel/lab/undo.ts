/**
 * What the kernel tests put on the machine (cgroups, mounts, loop devices, processes) and how it is taken away again.
 * Every maker registers an undo; they run newest first, also when the run is interrupted. All undoing is synchronous, so
 * that it can happen in a signal handler.
 */
type Undo = () => void;

const pending: Undo[] = [];
let watching = false;

/** Registers how to take something away. */
export function onCleanup(undo: Undo): void {
  watchSignals();
  pending.push(undo);
}

/** Takes everything away, newest first. One failure does not stop the rest; the first one is thrown at the end. */
export function cleanUp(): void {
  const errors: unknown[] = [];
  for (let undo = pending.pop(); undo !== undefined; undo = pending.pop()) {
    try {
      undo();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

function watchSignals(): void {
  if (watching) return;
  watching = true;
  process.once('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      try {
        cleanUp();
      } finally {
        process.kill(process.pid, signal);
      }
    });
  }
}
