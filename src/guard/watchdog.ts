import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type GuardState, letRun, releaseCgroups } from './undo.js';

/** A guard that is alive says so this often while it holds writers; one that was silent for longer has them let run. */
const SIGN_OF_LIFE_MS = 200;
const SILENCE_MS = 2000;
/** So long processes are given to leave the cgroups: by the guard, and by the watchdog after it. */
const GUARD_PATIENCE_MS = 10_000;
const PATIENCE_MS = 60_000;

const NOTHING: GuardState = { held: [], cgroups: [] };

/** The other end of the watchdog, in the guard. */
export class GuardWatchdog {
  readonly #child: ChildProcess;
  #state = NOTHING;
  #told = '';
  #toldMs = Number.NEGATIVE_INFINITY;
  #isAlive = true;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('exit', () => {
      this.#isAlive = false;
    });
  }

  /**
   * Starts the watchdog and waits until it watches: nothing is held and no cgroup made before. It lives in a session of its own,
   * so that neither Ctrl-C nor a kill of the guard's process group reaches it, and it notices the guard's end by its standard
   * input closing, which only the guard holds open. Undefined when it cannot be started.
   */
  static async start(program: readonly [string, ...string[]]): Promise<GuardWatchdog | undefined> {
    const [file, ...args] = program;
    const child = spawn(file, [...args, 'guard-watchdog'], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin?.on('error', () => undefined);
    const ready = child.stdout === null ? Promise.reject(new Error('no pipe')) : once(child.stdout, 'data');
    const failed = Promise.race([once(child, 'error'), once(child, 'exit')]).then(() => undefined);
    const isReady = await Promise.race([ready.then(() => true), failed]);
    child.stdout?.destroy();
    return isReady === true ? new GuardWatchdog(child) : undefined;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Tells by what writers are held from now on. False when it was not told: nothing may be done then that would need undoing. */
  holds(held: GuardState['held']): boolean {
    return this.#tell({ ...this.#state, held });
  }

  /** Tells of cgroups that are about to be made. False likewise. */
  makes(cgroups: GuardState['cgroups']): boolean {
    return this.#tell({ ...this.#state, cgroups: [...this.#state.cgroups, ...cgroups] });
  }

  /** Undoes what it was told of, and ends it. What cannot be undone in time it goes on with alone. */
  async end(): Promise<void> {
    letRun(this.#state);
    const isUndone = await releaseCgroups(this.#state, GUARD_PATIENCE_MS);
    if (!this.#isAlive) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end(isUndone ? `${JSON.stringify(NOTHING)}\n` : undefined);
    if (isUndone) await ended;
    else this.#child.unref();
  }

  #tell(state: GuardState): boolean {
    if (!this.#isAlive || this.#child.stdin === null) return false;
    this.#state = state;
    const text = `${JSON.stringify(state)}\n`;
    const nowMs = performance.now();
    if (text === this.#told && nowMs - this.#toldMs < SIGN_OF_LIFE_MS) return true;
    this.#told = text;
    this.#toldMs = nowMs;
    // libuv writes at once when nothing is queued: what is not queued has reached the kernel.
    this.#child.stdin.write(text);
    return this.#child.stdin.writableLength === 0;
  }
}

/** What the watchdog does: undoes what it was told last when its input ends, and lets writers run when the guard falls silent. */
export async function watchGuard(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  // It may outlive the guard, and is to keep no file system from being unmounted.
  process.chdir('/');
  let state = NOTHING;
  let rest = '';
  let heardMs = performance.now();
  input.setEncoding('utf8');
  input.on('data', (part: string) => {
    heardMs = performance.now();
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    const last = lines.at(-1);
    if (last !== undefined) state = JSON.parse(last) as GuardState;
  });
  // The guard may be killed before it reads this.
  output.on('error', () => undefined);
  output.write('ready\n');
  const timer = setInterval(() => {
    if (performance.now() - heardMs > SILENCE_MS) letRun(state);
  }, SILENCE_MS / 4);
  await once(input, 'close');
  clearInterval(timer);
  letRun(state);
  await releaseCgroups(state, PATIENCE_MS);
}
