import { constants } from 'node:fs';
import { createRequire } from 'node:module';
import { LibcError } from './libc.js';

/** Turns this process into another program. */
export interface Become {
  /** Whether a descriptor closes when the process becomes another program: fcntl(2), FD_CLOEXEC. */
  closeOnExec(fd: number, closes: boolean): void;
  /**
   * Replaces this process by a program, found by PATH as a shell finds it: execvp(3). The pid, the directory and the environment
   * stay, and the three standard streams: Node has marked them to be closed (uv_disable_stdio_inheritance) and made pipes among
   * them non-blocking, for whoever shares them, and no program expects that. Returns only by throwing the LibcError of a program that cannot be run.
   */
  exec(command: readonly [string, ...string[]]): never;
}

/** include/uapi/asm-generic/fcntl.h (6.18). */
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
/** SIG_DFL of signal(2). */
const SIG_DFL = null;
/** Classic signals; SIGKILL and SIGSTOP among them refuse, which is of no matter. */
const LAST_SIGNAL = 31;

/**
 * The binding to execvp(3), which Node has no function for; undefined where koffi is missing (see libc.ts). The program starts
 * with every signal as it is by default: those Node ignores (SIGPIPE) would stay ignored.
 */
export function become(): Become | undefined {
  try {
    return bind(createRequire(import.meta.url)('koffi') as typeof import('koffi'));
  } catch {
    return undefined;
  }
}

function bind(koffi: typeof import('koffi')): Become {
  const library = koffi.load(null);
  const execvp = library.func('int execvp(const char *file, const char **argv)');
  const signal = library.func('void *signal(int number, void *handler)');
  const fcntl = library.func('int fcntl(int fd, int command, ...)');
  const errnoName = (): string => {
    const errno = koffi.errno();
    return Object.entries(koffi.os.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
  };
  const closeOnExec = (fd: number, closes: boolean): void => {
    if (fcntl(fd, F_SETFD, 'int', closes ? FD_CLOEXEC : 0) !== 0) throw new LibcError('fcntl', errnoName());
  };
  const makeBlocking = (fd: number): void => {
    const flags = fcntl(fd, F_GETFL, 'int', 0) as number;
    if (flags >= 0) fcntl(fd, F_SETFL, 'int', flags & ~constants.O_NONBLOCK);
  };
  return {
    closeOnExec,
    exec: (command) => {
      for (const stream of [0, 1, 2]) {
        closeOnExec(stream, false);
        makeBlocking(stream);
      }
      for (let number = 1; number <= LAST_SIGNAL; number++) signal(number, SIG_DFL);
      execvp(command[0], [...command, null]);
      throw new LibcError('execvp', errnoName());
    },
  };
}
