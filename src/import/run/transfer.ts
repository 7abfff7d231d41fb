import { ChecksumCheck } from '../digest.js';
import { ImportError } from '../error.js';
import { FileReader } from '../file-reader.js';
import type { ImageFormat } from '../formats/image-format.js';
import { recognise, TAIL_BYTES } from '../formats/recognise.js';
import { readWithRetries } from '../sources/retry.js';
import { type Unwrapped, unwrap } from '../streams/unwrap.js';
import type { Plan } from './plan.js';
import type { ImportRequest } from './request.js';

/** What comes from the source: counted, hashed and unwrapped. It owns what it reads: `close` ends that. */
export class Transfer {
  bytesRead = 0;
  retries = 0;
  #reading = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #bytes: AsyncGenerator<Uint8Array> | undefined;
  #image: AsyncGenerator<Uint8Array> | undefined;
  readonly #request: ImportRequest;
  readonly #plan: Plan;
  #check: ChecksumCheck | undefined;

  constructor(request: ImportRequest, plan: Plan) {
    this.#request = request;
    this.#plan = plan;
    const { checksum, source } = request;
    this.#check = checksum === undefined ? undefined : new ChecksumCheck(checksum, source.shown);
  }

  /** The image from the plan's start on. What comes before it is skipped where the source or its wrapping has to be read anyway. */
  async open(): Promise<Unwrapped> {
    const { source, bounds, member } = this.#request;
    const { startBytes, resumed } = this.#plan;
    if (resumed !== undefined && startBytes > 0 && resumed.layers.length === 0 && source.canRange) {
      await this.#hashWritten(startBytes);
      return { layers: [], format: resumed.format, head: new Uint8Array(), chunks: this.#read(startBytes) };
    }
    const image = await unwrap(this.#read(0), {
      shown: source.shown,
      bounds,
      ...(member === undefined ? {} : { member }),
    });
    this.#image = image.chunks;
    // A blank disk may have no bytes of its own, and is grown; it says so beforehand.
    if (image.head.length === 0 && source.sizeBytes !== 0) throw new ImportError('source-empty', { source: source.shown });
    const format = await this.#formatOf(image);
    return { ...image, format, chunks: startBytes === 0 ? image.chunks : skip(image.chunks, startBytes) };
  }

  /** The image's size, where it is known before it is read. */
  imageBytes({ layers }: Unwrapped): number | undefined {
    return layers.length === 0 ? this.#request.source.sizeBytes : undefined;
  }

  report(position: number, sizeBytes: number | undefined, bytesWritten?: number): void {
    const { source, onProgress } = this.#request;
    onProgress?.({
      bytesRead: this.bytesRead,
      position,
      ...(bytesWritten === undefined ? {} : { bytesWritten }),
      ...(source.sizeBytes === undefined ? {} : { sourceBytes: source.sizeBytes }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    });
  }

  /** Counts what was read of the source beside the stream. */
  countRead(bytes: number): void {
    this.bytesRead += bytes;
  }

  /** Reads the source from start to end for its checksum, and throws when that is another. */
  async hashWhole(onChunk: (chunk: Uint8Array) => void): Promise<void> {
    const { checksum, source } = this.#request;
    await this.close();
    if (checksum !== undefined) this.#check = new ChecksumCheck(checksum, source.shown);
    for await (const chunk of this.#read(0)) {
      onChunk(chunk);
      this.report(0, undefined);
    }
    await this.confirm();
  }

  /** Throws when the source was another than the checksum's, which is of all of it: also what follows the image in an archive. */
  async confirm(): Promise<void> {
    if (this.#check === undefined) return;
    for (let rest = await this.#next(); rest !== undefined; rest = await this.#next());
    this.#check.confirm();
  }

  /** Ends what reads and decompresses, begun or not, and also what a decoder that was given up still waits for. */
  async close(): Promise<void> {
    this.#reading.abort();
    await this.#image?.return(undefined);
    await this.#bytes?.return(undefined);
  }

  async *#read(offsetBytes: number): AsyncGenerator<Uint8Array> {
    const { source, retry, signal } = this.#request;
    const counting = {
      ...retry,
      onRetry: (...told: Parameters<NonNullable<typeof retry.onRetry>>): void => {
        this.retries += 1;
        retry.onRetry?.(...told);
      },
    };
    this.#reading = new AbortController();
    this.#bytes = readWithRetries(source, offsetBytes, counting, AbortSignal.any([signal, this.#reading.signal]));
    // Who reads no further leaves the rest for the checksum.
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk;
  }

  /** In turn: a decoder that was given up may still wait for its last piece, which the checksum is of all the same. */
  #next(): Promise<Uint8Array | undefined> {
    const piece = this.#turn.then(() => this.#take());
    this.#turn = piece.catch(() => undefined);
    return piece;
  }

  async #take(): Promise<Uint8Array | undefined> {
    const next = await this.#bytes?.next();
    if (next === undefined || next.done === true) return undefined;
    this.bytesRead += next.value.length;
    this.#check?.update(next.value);
    return next.value;
  }

  /** The checksum is of the whole source: the part that is on the target already is read from there. */
  async #hashWritten(lengthBytes: number): Promise<void> {
    if (this.#check === undefined) return;
    const reader = FileReader.open(this.#plan.facts.path);
    try {
      for await (const piece of reader.read(0, lengthBytes)) {
        this.#request.signal.throwIfAborted();
        this.#check.update(piece);
      }
    } finally {
      reader.close();
    }
  }

  /** A fixed VHD is told by its end, which a stream has not come to yet. */
  async #formatOf({ layers, format, head }: Unwrapped): Promise<ImageFormat> {
    const { source, signal } = this.#request;
    const { sizeBytes = 0 } = source;
    const isPlain = layers.length === 0 && (format === 'raw' || format === 'iso');
    if (!isPlain || source.readAt === undefined || sizeBytes < TAIL_BYTES) return format;
    return recognise(head, await source.readAt(sizeBytes - TAIL_BYTES, TAIL_BYTES, signal), sizeBytes);
  }
}

async function* skip(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
