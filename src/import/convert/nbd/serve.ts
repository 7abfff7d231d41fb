import type { Duplex } from 'node:stream';
import { roundUp } from '../../target/aligned.js';
import { Input } from './input.js';
import * as nbd from './protocol.js';

/** What is exported: a part of an image at a time. */
export interface Exported {
  readonly sizeBytes: number;
  /** Says that a part will be wanted soon. */
  expect(offsetBytes: number, lengthBytes: number): void;
  /** The part, piece by piece. A piece is valid until the next one is asked for. */
  pieces(offsetBytes: number, lengthBytes: number): AsyncIterable<Uint8Array>;
}

/** The longest option that has a use here is an export's name: at most 4096 bytes, by the protocol. */
const MAX_OPTION_BYTES = 8192;
const SECTOR_BYTES = 512;
/** QEMU sends 16 requests at most before it waits for an answer (MAX_NBD_REQUESTS in block/nbd.c, QEMU 10). */
const MAX_WAITING = 64;
/** How many requests beyond the one being answered the export is told of. */
const REQUESTS_AHEAD = 4;

/**
 * Serves an export, read-only, to the one client at the other end of a stream, until the client goes. Whatever is no NBD ends it too:
 * the client is a program that reads an untrusted image. Returns what reading the export failed with, if it did; the client has got
 * an I/O error then.
 */
export async function serveNbd(stream: Duplex, exported: Exported): Promise<unknown> {
  // A client that ends in the middle of an answer is seen as the end of its requests.
  stream.on('error', () => undefined);
  const input = new Input(stream);
  const answers = new Answers(stream, exported);
  try {
    if (await negotiate(stream, input, answers.sizeBytes)) await takeRequests(input, answers);
  } catch (error) {
    // The stream's own end.
    if (!stream.destroyed) throw error;
  } finally {
    await answers.finish();
    stream.destroy();
  }
  return answers.failure;
}

/** Whether the client wants the export in the end. */
async function negotiate(stream: Duplex, input: Input, sizeBytes: number): Promise<boolean> {
  stream.write(nbd.greeting());
  const flags = await input.take(nbd.CLIENT_FLAGS_BYTES);
  const client = flags === undefined ? undefined : nbd.parseClientFlags(flags);
  if (client === undefined) return false;
  for (;;) {
    const header = await input.take(nbd.OPTION_HEADER_BYTES);
    const wanted = header === undefined ? undefined : nbd.parseOption(header);
    if (wanted === undefined || wanted.lengthBytes > MAX_OPTION_BYTES) return false;
    const { option, lengthBytes } = wanted;
    const data = await input.take(lengthBytes);
    if (data === undefined) return false;
    switch (option) {
      case nbd.OPTION.exportName:
        stream.write(nbd.exportNameReply(sizeBytes, client.noZeroes));
        return true;
      case nbd.OPTION.abort:
        stream.end(nbd.optionReply(option, nbd.OPTION_REPLY.ack));
        return false;
      case nbd.OPTION.list:
        // One export without a name.
        stream.write(nbd.optionReply(option, nbd.OPTION_REPLY.server, Buffer.alloc(4)));
        stream.write(nbd.optionReply(option, nbd.OPTION_REPLY.ack));
        break;
      case nbd.OPTION.info:
      case nbd.OPTION.go:
        if (!nbd.isInfoRequest(data)) {
          stream.write(nbd.optionReply(option, nbd.OPTION_REPLY.invalid));
          break;
        }
        stream.write(nbd.exportInfo(option, sizeBytes));
        stream.write(nbd.optionReply(option, nbd.OPTION_REPLY.ack));
        if (option === nbd.OPTION.go) return true;
        break;
      default:
        stream.write(nbd.optionReply(option, nbd.OPTION_REPLY.unsupported));
    }
  }
}

/** Takes in requests until there are no more, or one is too many. */
async function takeRequests(input: Input, answers: Answers): Promise<void> {
  for (;;) {
    const data = await input.take(nbd.REQUEST_BYTES);
    const request = data === undefined ? undefined : nbd.parseRequest(data);
    if (request === undefined || request.command === nbd.COMMAND.disconnect || !answers.add(request)) return;
  }
}

/** The requests that wait, and the one that is being answered: they are answered in their order. */
class Answers {
  /** What reading the export failed with first. */
  failure: unknown;
  readonly #stream: Duplex;
  readonly #exported: Exported;
  readonly #waiting: nbd.Request[] = [];
  #working: Promise<void> | undefined;

  constructor(stream: Duplex, exported: Exported) {
    this.#stream = stream;
    this.#exported = exported;
  }

  /** Whole sectors, the last filled up with zeros: QEMU 7.2 waits for ever at the end of an export that is not. */
  get sizeBytes(): number {
    return roundUp(this.#exported.sizeBytes, SECTOR_BYTES);
  }

  /** False when it is one too many. */
  add(request: nbd.Request): boolean {
    if (this.#waiting.length === MAX_WAITING) return false;
    this.#waiting.push(request);
    if (this.#waiting.length <= REQUESTS_AHEAD) this.#expect(request);
    this.#working ??= this.#work();
    return true;
  }

  /** Resolves when all is answered. */
  async finish(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift()) {
      // Nobody waits for an answer any more, and nothing is to be read for one.
      if (this.#stream.destroyed) break;
      const next = this.#waiting[REQUESTS_AHEAD - 1];
      if (next !== undefined) this.#expect(next);
      await this.#answer(request);
    }
    this.#working = undefined;
  }

  #expect(request: nbd.Request): void {
    if (this.#errorOf(request) !== nbd.NBD_ERROR.none) return;
    const { offsetBytes, dataBytes } = this.#placeOf(request);
    if (dataBytes > 0) this.#exported.expect(offsetBytes, dataBytes);
  }

  async #answer(request: nbd.Request): Promise<void> {
    const { cookie } = request;
    const error = this.#errorOf(request);
    if (error !== nbd.NBD_ERROR.none) return send(this.#stream, nbd.simpleReply(cookie, error));
    let isBegun = false;
    try {
      for await (const piece of this.#pieces(request)) {
        if (!isBegun) this.#stream.write(nbd.simpleReply(cookie, nbd.NBD_ERROR.none));
        isBegun = true;
        await send(this.#stream, piece);
      }
    } catch (cause) {
      if (this.#stream.destroyed) return;
      this.failure ??= cause;
      // Data was promised and cannot be taken back: there is no way to say so but to hang up.
      if (isBegun) this.#stream.destroy();
      else await send(this.#stream, nbd.simpleReply(cookie, nbd.NBD_ERROR.io));
    }
  }

  async *#pieces(request: nbd.Request): AsyncGenerator<Uint8Array> {
    const { offsetBytes, dataBytes } = this.#placeOf(request);
    if (dataBytes > 0) yield* this.#exported.pieces(offsetBytes, dataBytes);
    if (dataBytes < request.lengthBytes) yield new Uint8Array(request.lengthBytes - dataBytes);
  }

  /** How much of a request lies before the end of the export. */
  #placeOf(request: nbd.Request): { readonly offsetBytes: number; readonly dataBytes: number } {
    const offsetBytes = Number(request.offsetBytes);
    return { offsetBytes, dataBytes: Math.max(0, Math.min(request.lengthBytes, this.#exported.sizeBytes - offsetBytes)) };
  }

  #errorOf({ command, offsetBytes, lengthBytes }: nbd.Request): number {
    // What writes has data behind it, which is taken for the next request, and ends the connection.
    if (command !== nbd.COMMAND.read) return nbd.NBD_ERROR.notPermitted;
    const isInside = offsetBytes + BigInt(lengthBytes) <= BigInt(this.sizeBytes);
    return isInside && lengthBytes > 0 && lengthBytes <= nbd.MAX_READ_BYTES ? nbd.NBD_ERROR.none : nbd.NBD_ERROR.invalid;
  }
}

/** Resolves when the data has gone out, or never will. */
function send(stream: Duplex, data: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed) resolve();
    else stream.write(data, () => resolve());
  });
}
