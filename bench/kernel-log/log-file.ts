/** Writes the log that is measured: mostly noise, with whole OOM reports scattered evenly in it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { noiseLines, Random } from './noise.js';

export interface LogFileOptions {
  readonly path: string;
  readonly bytes: number;
  readonly reports: number;
  /** A folder of logs, each with a report in it. */
  readonly fixtures: string;
}

const SEED = 20_241_103;
/** Noise is made once to this length, and repeated: making it takes longer than writing it. */
const NOISE_BYTES = 16 << 20;
/** Larger logs are left out, so that a thousand reports stay a small part of the file. */
const MAX_FIXTURE_BYTES = 100 << 10;
const NEWLINE = 0x0a;

/** Writes the file and waits until it is on the disk. The same options give the same bytes. Rejects if the reports do not fit. */
export async function writeLogFile(options: LogFileOptions): Promise<void> {
  const reports = chooseReports(options.fixtures, options.reports);
  const room = options.bytes - reports.reduce((sum, report) => sum + report.length, 0);
  if (room <= 0) throw new Error(`${options.reports} reports do not fit into ${options.bytes} bytes`);
  const noise = new NoiseTape(Math.min(NOISE_BYTES, room));
  const file = await open(options.path, 'wx');
  try {
    let written = 0;
    for (const [index, report] of reports.entries()) {
      const due = Math.round((room * (index + 1)) / (reports.length + 1));
      written += await noise.write(file, due - written);
      await file.writeFile(report);
    }
    await noise.write(file, room - written);
    await file.sync();
  } finally {
    await file.close();
  }
}

function chooseReports(folder: string, count: number): readonly Buffer[] {
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.txt') && statSync(join(folder, name)).size < MAX_FIXTURE_BYTES)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .map((text) => Buffer.from(text.endsWith('\n') ? text : `${text}\n`));
  const [first, ...others] = texts;
  if (first === undefined) throw new Error(`no logs in ${folder}`);
  const random = new Random(SEED);
  return Array.from({ length: count }, () => random.pick([first, ...others]));
}

/** Noise without end: the same lines again and again. */
class NoiseTape {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(length: number) {
    const lines: string[] = [];
    let size = 0;
    for (const line of noiseLines(SEED)) {
      lines.push(line);
      size += line.length;
      if (size >= length) break;
    }
    this.#bytes = Buffer.from(lines.join(''), 'latin1');
  }

  /** Writes whole lines, `length` bytes and what is left of the last line. Returns how many bytes it wrote. */
  async write(file: FileHandle, length: number): Promise<number> {
    let written = 0;
    while (written < length) {
      const wanted = Math.min(this.#position + length - written, this.#bytes.length);
      const end = this.#bytes.indexOf(NEWLINE, wanted - 1) + 1;
      await file.writeFile(this.#bytes.subarray(this.#position, end));
      written += end - this.#position;
      this.#position = end % this.#bytes.length;
    }
    return written;
  }
}
