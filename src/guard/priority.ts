import { setPriority } from 'node:os';

const NICE = -10;

/** Has the scheduler wake the guard in time on a busy machine. Without the right to it the guard looks as often as it gets to. */
export function hurry(): void {
  try {
    setPriority(NICE);
  } catch {
    // EACCES: neither root nor a raised RLIMIT_NICE.
  }
}
