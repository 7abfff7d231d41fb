import { type Message, MIB } from '../../../model/index.js';

/** Bytes are read in pieces, and between this many the event loop gets a turn, so that Ctrl-C is heard. */
const BYTES_PER_TURN = 8 * MIB;

/** How far a source has been read. */
export interface ReadProgress {
  readonly source: string;
  /** Bytes read so far; of a compressed file, compressed bytes when the total is known and plain ones when not. */
  readonly bytesRead: number;
  readonly totalBytes?: number;
}

/** What every reader is given. */
export interface ReadContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** What came of reading one source. */
export interface SourceOutcome {
  readonly source: string;
  /** Some of the source could not be read: it ends too early or is damaged. */
  readonly damage?: Message;
  /** Said to the user, but nothing was lost. */
  readonly notes?: readonly Message[];
  /** The bytes are not text. */
  readonly binary?: boolean;
}

/** Counts the bytes of one source, reports progress, gives the event loop its turns and stops when the user aborts. */
export class ReadMeter {
  #bytes = 0;
  #turn = 0;
  readonly #source: string;
  readonly #totalBytes: number | undefined;
  readonly #context: ReadContext;

  constructor(source: string, context: ReadContext, totalBytes?: number) {
    this.#source = source;
    this.#context = context;
    this.#totalBytes = totalBytes;
  }

  /** Bytes counted so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts `bytes` more in a loop that is to be fair to the event loop. Rejects with the abort reason. */
  async add(bytes: number): Promise<void> {
    this.#context.signal?.throwIfAborted();
    if (this.count(bytes)) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Counts `bytes` more. Whether it is time to let the event loop have a turn. */
  count(bytes: number): boolean {
    this.#bytes += bytes;
    this.#turn += bytes;
    if (this.#turn < BYTES_PER_TURN) return false;
    this.#turn = 0;
    this.#context.onProgress?.({
      source: this.#source,
      bytesRead: this.#bytes,
      ...(this.#totalBytes === undefined ? {} : { totalBytes: this.#totalBytes }),
    });
    return true;
  }
}
