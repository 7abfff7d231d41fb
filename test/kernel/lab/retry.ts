const PAUSE_MS = 25;

/**
 * Repeats an action until it succeeds, for 30 s at most, without giving up the event loop: clean-up has to wait for the
 * kernel, which answers EBUSY for a moment after the last user of a cgroup or a mount has ended.
 */
export function retrySync(action: () => void): void {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      action();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
