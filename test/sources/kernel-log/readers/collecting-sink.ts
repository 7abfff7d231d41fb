import type { LogSink } from '../../../../src/sources/kernel-log/readers/log-sink.js';
import { type ReadOptions, type ReadSummary, readLogs } from '../../../../src/sources/kernel-log/readers/read-logs.js';

/** A sink that keeps what it is given. Its buffer is small and is reused, as the parser's is. */
export class CollectingSink implements LogSink {
  readonly #buffer = new Uint8Array(64 * 1024);
  readonly #pieces: Buffer[] = [];
  ended = 0;

  reserve(): Uint8Array {
    return this.#buffer;
  }

  advance(length: number): void {
    this.push(this.#buffer.subarray(0, length));
  }

  push(chunk: Uint8Array): void {
    this.#pieces.push(Buffer.from(chunk));
  }

  end(): void {
    this.ended++;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  get records(): string[] {
    return this.#pieces.map((piece) => piece.toString('utf8'));
  }
}

export interface Collected {
  readonly summary: ReadSummary;
  /** The text of each source, in the order of reading. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads inputs with readLogs() and collects the text of each source. */
export async function collect(
  inputs: Parameters<typeof readLogs>[0],
  options: Omit<ReadOptions, 'openSink'> = {},
): Promise<Collected> {
  const sinks = new Map<string, CollectingSink>();
  const summary = await readLogs(inputs, {
    ...options,
    openSink: (source) => {
      const sink = new CollectingSink();
      sinks.set(source, sink);
      return sink;
    },
  });
  return { summary, texts: new Map([...sinks].map(([source, sink]) => [source, sink.text])) };
}

/** Kernel-like lines that compress badly, so that a compressed log has many blocks. */
export function manyLines(count: number): string {
  let state = 1;
  let text = '';
  for (let line = 0; line < count; line++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += `[${line}.${String(state).padStart(10, '0')}] eth${state % 7}: ${state.toString(36)} ${(state ^ line).toString(16)}\n`;
  }
  return text;
}
