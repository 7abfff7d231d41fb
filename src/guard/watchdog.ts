import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type GuardState, letRun, releaseCgroups } from './undo.js';

/** A guard that is alive says so this often while it pauses; one that was silent for longer has its writers let run. */
const SIGN_OF_LIFE_MS = 200;
const SILENCE_MS = 2000;
const PATIENCE_MS = 60_000;

const NOTHING: GuardState = { stopped: [], cgroups: [] };

/** The other end of the watchdog, in the guard. */
export class GuardWatchdog {
  readonly #child: ChildProcess;
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
   * Starts the watchdog and waits until it watches: nothing is paused and no cgroup made before. It lives in a session of its own,
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

  /** Hands over what to undo. False when it did not get there: nothing may be done then that would need undoing. */
  tell(state: GuardState): boolean {
    if (!this.#isAlive || this.#child.stdin === null) return false;
    const text = `${JSON.stringify(state)}\n`;
    const nowMs = performance.now();
    if (text === this.#told && nowMs - this.#toldMs < SIGN_OF_LIFE_MS) return true;
    this.#told = text;
    this.#toldMs = nowMs;
    // libuv writes at once when nothing is queued: what is not queued has reached the kernel.
    this.#child.stdin.write(text);
    return this.#child.stdin.writableLength === 0;
  }

  /** Ends it, once there is nothing to undo. */
  async end(): Promise<void> {
    if (!this.#isAlive) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end(`${JSON.stringify(NOTHING)}\n`);
    await ended;
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
