import type { SingleBar } from 'cli-progress';
import type { ReadProgress } from '../sources/kernel-log/readers/reading.js';
import { formatBytes } from '../words/format/size.js';
import { printable } from '../words/printable.js';

/** Shorter reads need no bar. */
const SHOW_AFTER_MS = 1000;

/** Shows on standard error how far a long read has come; nothing when that is not a terminal. */
export class ProgressBar {
  readonly #due = Date.now() + SHOW_AFTER_MS;
  #library: typeof import('cli-progress') | undefined;
  #loading = false;
  #stopped = false;
  #bar: SingleBar | undefined;
  #source: string | undefined;

  /** Takes in progress. Cheap: until the bar is due nothing is even loaded. */
  update(progress: ReadProgress): void {
    if (!process.stderr.isTTY || Date.now() < this.#due) return;
    if (this.#library === undefined) {
      if (!this.#loading) void this.#load();
      return;
    }
    if (this.#source !== progress.source) this.#begin(this.#library, progress);
    this.#bar?.update(progress.bytesRead, { read: formatBytes(progress.bytesRead) });
  }

  stop(): void {
    this.#stopped = true;
    this.#bar?.stop();
  }

  /** The next progress finds the library loaded. */
  async #load(): Promise<void> {
    this.#loading = true;
    const library = await import('cli-progress');
    if (!this.#stopped) this.#library = library;
  }

  #begin({ SingleBar }: typeof import('cli-progress'), { source, totalBytes }: ReadProgress): void {
    this.#bar?.stop();
    this.#source = source;
    this.#bar = new SingleBar({
      stream: process.stderr,
      format: totalBytes === undefined ? '{read} {source}' : '{bar} {percentage}% {source}',
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
      hideCursor: true,
      // Ctrl-C is handled where reading is: it stops the bar too.
      gracefulExit: false,
    });
    this.#bar.start(totalBytes ?? 0, 0, { read: '', source: printable(source) });
  }
}
