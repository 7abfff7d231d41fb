import type { Company } from '../../recorder/company.js';
import type { Sample } from '../../recorder/sample.js';
import { renderLabLive, type TerminalStyle } from '../../render/index.js';
import { widthOf } from '../terminal.js';

const REDRAW_SECONDS = 0.2;
/** Rates are those of the last second. */
const RATE_SECONDS = 1;
/** Back to the first column, and clears the line (ECMA-48 EL). */
const CLEAR_LINE = '\r\x1b[K';

interface Point {
  readonly atSeconds: number;
  readonly writtenBytes: number;
  /** Written by the command and still in memory. */
  readonly waitingBytes: number;
}

/** One line on the terminal's standard error that shows a run as it goes. */
export class LiveView {
  readonly #style: Omit<TerminalStyle, 'width'>;
  readonly #limitBytes: number | undefined;
  readonly #points: Point[] = [];
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(style: Omit<TerminalStyle, 'width'>, limitBytes: number | undefined) {
    this.#style = style;
    this.#limitBytes = limitBytes;
  }

  /** Takes in a sample; draws when it is time. */
  readonly update = (sample: Sample, { writtenBytes }: Company): void => {
    const { atSeconds, dirtyBytes, writebackBytes } = sample;
    if (atSeconds - this.#drawnAt < REDRAW_SECONDS) return;
    this.#drawnAt = atSeconds;
    this.#points.push({ atSeconds, writtenBytes, waitingBytes: (dirtyBytes ?? 0) + (writebackBytes ?? 0) });
    while ((this.#points[1]?.atSeconds ?? atSeconds) < atSeconds - RATE_SECONDS) this.#points.shift();
    const { written, drained } = this.#rates();
    const line = renderLabLive(
      {
        atSeconds,
        chargedBytes: sample.chargedBytes ?? 0,
        ...(this.#limitBytes === undefined ? {} : { limitBytes: this.#limitBytes }),
        parts: {
          anon: sample.anonBytes ?? 0,
          file: sample.fileBytes ?? 0,
          shmem: sample.shmemBytes ?? 0,
          kernel: sample.kernelBytes ?? 0,
        },
        dirtyBytes: dirtyBytes ?? 0,
        writebackBytes: writebackBytes ?? 0,
        writtenPerSecond: written,
        drainedPerSecond: drained,
      },
      { ...this.#style, width: widthOf(process.stderr) },
    );
    process.stderr.write(CLEAR_LINE + line);
  };

  /** Takes the line away. */
  clear(): void {
    if (this.#points.length > 0) process.stderr.write(CLEAR_LINE);
  }

  /** What was written, and what of it left the page cache: the rest waits there, dirty or under writeback. */
  #rates(): { readonly written: number; readonly drained: number } {
    const first = this.#points[0];
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined || last.atSeconds <= first.atSeconds) return { written: 0, drained: 0 };
    const passed = last.atSeconds - first.atSeconds;
    const written = last.writtenBytes - first.writtenBytes;
    const waiting = last.waitingBytes - first.waitingBytes;
    return { written: Math.max(0, written / passed), drained: Math.max(0, (written - waiting) / passed) };
  }
}
