import { type Message, MIB, message } from '../../model/index.js';
import { type LogInput, readLogs } from '../kernel-log/readers/read-logs.js';
import { shownLocation } from '../secrets/url.js';
import { type BundleFile, textFile } from './files.js';
import { excerptReports } from './log-excerpt.js';
import { KERNEL_LOG, NO_REPORT } from './manifest.js';

/** What is held of a log while its reports are looked for: the newest part. */
const MAX_LOG_BYTES = 64 * MIB;
const SINK_BYTES = 64 * 1024;

/** Where to look for the kernel's log, in this order: a source that cannot be read leads to the next one. */
export interface LogChoice {
  readonly inputs: readonly LogInput[];
  readonly namesHost: boolean;
  readonly signal?: AbortSignal;
}

/** The kernel log around OOM reports, or why it is missing, and what of it could not be read. Rejects with the abort reason. */
export async function collectKernelLog({ inputs, namesHost, signal }: LogChoice): Promise<{
  readonly file: BundleFile;
  readonly problems: readonly Message[];
}> {
  const problems: Message[] = [];
  const reasons: string[] = [];
  for (const input of inputs) {
    const held = new HeldLog();
    const summary = await readLogs([input], { openSink: () => held, ...(signal === undefined ? {} : { signal }) });
    const { errors, damages, unread = [] } = summary;
    const unseen = [...errors.map(({ problem }) => problem), ...damages, ...unread];
    const source = input.kind === 'path' ? shownLocation(input.path) : input.kind;
    const excerpt = excerptReports(held.text(), namesHost);
    if (excerpt !== undefined) {
      const leftOut = excerpt.leftOut === 0 ? [] : [message('bundle.lines-left-out', { count: excerpt.leftOut, source })];
      return { file: textFile(KERNEL_LOG, source, excerpt.text), problems: [...unseen, ...leftOut] };
    }
    problems.push(...unseen);
    const nothing = unseen.length > 0 ? `${NO_REPORT} in what could be read` : NO_REPORT;
    reasons.push(...(errors.length > 0 ? errors.map(({ code }) => `${source}: ${code}`) : [`${source}${nothing}`]));
  }
  return { file: { name: KERNEL_LOG, source: 'kernel log', missing: reasons.join('; ') }, problems };
}

/** Keeps the newest bytes of a log. */
class HeldLog {
  readonly #chunks: Uint8Array[] = [];
  readonly #buffer = new Uint8Array(SINK_BYTES);
  #bytes = 0;

  reserve(): Uint8Array {
    return this.#buffer;
  }

  advance(length: number): void {
    this.push(this.#buffer.slice(0, length));
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(Uint8Array.from(chunk));
    this.#bytes += chunk.length;
    while (this.#bytes > MAX_LOG_BYTES) this.#bytes -= this.#chunks.shift()?.length ?? 0;
  }

  end(): void {
    // The whole is looked at in text().
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
