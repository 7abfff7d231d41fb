import type { SingleBar } from 'cli-progress';
import type { Charge } from '../../import/charge.js';
import { Rate } from '../../import/metrics/rate.js';
import type { ImportProgress } from '../../import/run/request.js';
import { bytes, seconds } from '../../model/index.js';
import { words } from '../../render/view/words.js';
import type { Language } from '../../words/language.js';

/** Shorter imports need no bar. */
const SHOW_AFTER_MS = 1000;
const REDRAW_MS = 200;

/** Shows on standard error how far an import has come: bytes, rate, time left and dirty pages. Nothing when that is no terminal. */
export class ImportBar {
  readonly #words: ReturnType<typeof words>;
  readonly #charge: () => Charge;
  readonly #due = performance.now() + SHOW_AFTER_MS;
  readonly #rate = new Rate();
  #drawnMs = 0;
  #bar: SingleBar | undefined;
  #loading: Promise<void> | undefined;
  #isStopped = false;

  constructor(lang: Language, charge: () => Charge) {
    this.#words = words({ lang });
    this.#charge = charge;
  }

  readonly update = (progress: ImportProgress): void => {
    const now = performance.now();
    if (!process.stderr.isTTY || now < this.#due || now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    this.#rate.update(wayOf(progress).done);
    this.#loading ??= this.#load(progress);
    const { done, total } = wayOf(progress);
    this.#bar?.setTotal(total ?? 0);
    this.#bar?.update(done, { text: this.#text(progress) });
  };

  /** Takes the bar away, so that a line can be written; the next progress draws it again. */
  stop(): void {
    this.#isStopped = true;
    this.#bar?.stop();
  }

  async #load(progress: ImportProgress): Promise<void> {
    const { SingleBar } = await import('cli-progress');
    if (this.#isStopped) return;
    this.#bar = new SingleBar({
      stream: process.stderr,
      format: wayOf(progress).total === undefined ? '{text}' : '{bar} {percentage}% {text}',
      barsize: 24,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false,
    });
    this.#bar.start(wayOf(progress).total ?? 0, 0, { text: '' });
  }

  #text(progress: ImportProgress): string {
    const { label } = this.#words;
    const { done, total } = wayOf(progress);
    const rate = this.#rate.perSecond() ?? 0;
    const { dirtyBytes } = this.#charge();
    const isReady = rate > 0 && total !== undefined;
    return [
      total === undefined
        ? label('import.progress.so-far', { done: bytes(done) })
        : label('import.progress.of', { done: bytes(done), size: bytes(total) }),
      label('import.progress.rate', { rate: bytes(Math.round(rate)) }),
      ...(isReady ? [label('import.progress.eta', { left: seconds(Math.ceil((total - done) / rate)) })] : []),
      ...(dirtyBytes === undefined ? [] : [label('import.progress.dirty', { size: bytes(dirtyBytes) })]),
    ].join('  ');
  }
}

/** The image's bytes where its size is known; of what is compressed, those of the source. */
function wayOf({ bytesRead, sourceBytes, position, sizeBytes }: ImportProgress): {
  readonly done: number;
  readonly total?: number;
} {
  if (sizeBytes !== undefined) return { done: position, total: sizeBytes };
  return sourceBytes === undefined ? { done: position } : { done: bytesRead, total: sourceBytes };
}
