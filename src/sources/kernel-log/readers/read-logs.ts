import { createReadStream, type Stats, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Message, message } from '../../../model/index.js';
import type { SourceFormat } from '../format.js';
import { listDirectory } from './directory.js';
import { type JournalRange, readJournal } from './journal.js';
import { KMSG_PATH, readKmsg } from './kmsg.js';
import type { LogSink } from './log-sink.js';
import { ReadError, toReadError } from './read-error.js';
import type { ReadContext, SourceOutcome } from './reading.js';
import { formatOfFile, READ_WITH, readRegularFile, readStream } from './source.js';

/** One thing the user asked to be read. */
export type LogInput =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'kmsg' }
  | ({ readonly kind: 'journal' } & JournalRange);

export interface ReadOptions extends ReadContext {
  /** Opens the sink of a source, named as citations will name it: a path, `-`, `kmsg`, `journal`. */
  readonly openSink: (source: string) => LogSink;
  /** Standard input; the process's own unless given. */
  readonly stdin?: Readable;
}

/** What came of reading all inputs. */
export interface ReadSummary {
  /** Sources that were read, whole or in part. */
  readonly sources: readonly string[];
  /** Those of them whose bytes are not text. */
  readonly binaries: readonly string[];
  /** Sources that could not be read. */
  readonly errors: readonly ReadError[];
  /** Damage found on the way. */
  readonly damages: readonly Message[];
  /** Evidence that lay there and is of a kind that is not read, where there was any: with it nothing found is no proof. */
  readonly unread?: readonly Message[];
  /** Worth saying, though nothing was lost. */
  readonly notes: readonly Message[];
}

interface Reading {
  readonly options: ReadOptions;
  readonly outcomes: SourceOutcome[];
  readonly errors: ReadError[];
  readonly unread: Message[];
  readonly notes: Message[];
}

/**
 * Reads the inputs, one after the other, each source into a sink of its own. A source that cannot be read does not stop the
 * others. Rejects with the abort reason, and with errors that are not about reading.
 */
export async function readLogs(inputs: readonly LogInput[], options: ReadOptions): Promise<ReadSummary> {
  const reading: Reading = { options, outcomes: [], errors: [], unread: [], notes: [] };
  for (const input of inputs) await readInput(input, reading);
  const { outcomes, errors, unread, notes } = reading;
  return {
    sources: outcomes.map((outcome) => outcome.source),
    binaries: outcomes.filter((outcome) => outcome.binary).map((outcome) => outcome.source),
    errors,
    damages: outcomes.flatMap((outcome) => outcome.damage ?? []),
    ...(unread.length === 0 ? {} : { unread }),
    notes: [...notes, ...outcomes.flatMap((outcome) => outcome.notes ?? [])],
  };
}

async function readInput(input: LogInput, reading: Reading): Promise<void> {
  const { options } = reading;
  switch (input.kind) {
    case 'path':
      return readPath(input.path, reading);
    case 'stdin':
      return readInto('-', reading, (sink) => readStream('-', options.stdin ?? process.stdin, sink, options));
    case 'kmsg':
      return readInto('kmsg', reading, (sink) => readKmsg(sink, options));
    case 'journal':
      return readInto('journal', reading, (sink) => readJournal(input, sink, options));
  }
}

async function readPath(path: string, reading: Reading): Promise<void> {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    recordError(error, path, reading);
    return;
  }
  if (stats.isDirectory()) return readDirectory(path, reading);
  if (path === KMSG_PATH) return readInput({ kind: 'kmsg' }, reading);
  if (stats.isFile()) return readInto(path, reading, (sink) => readRegularFile(path, sink, reading.options));
  if (stats.isFIFO() || stats.isCharacterDevice()) {
    return readInto(path, reading, (sink) => readStream(path, createReadStream(path), sink, reading.options));
  }
  recordError(new ReadError('special-file', path), path, reading);
}

/** Reads the logs of a directory. Files that are no text are passed over and said to be; so are the journal's, which may be its log. */
async function readDirectory(root: string, reading: Reading): Promise<void> {
  const { files, errors } = listDirectory(root);
  for (const error of errors) recordError(error, root, reading);
  const binaries: string[] = [];
  const journals: string[] = [];
  for (const path of files) {
    const format = formatOrText(path);
    if (format === 'binary') binaries.push(path);
    else if (format === 'journal') journals.push(path);
    else await readPath(path, reading);
  }
  const [binary] = binaries;
  if (binary !== undefined) reading.notes.push(message('read.skipped-binaries', { count: binaries.length, example: binary }));
  const [journal] = journals;
  const command = READ_WITH.journal ?? '';
  if (journal !== undefined)
    reading.unread.push(message('read.skipped-journals', { count: journals.length, example: journal, command }));
}

/** A file that cannot be opened counts as text here: reading it then says why. */
function formatOrText(path: string): SourceFormat {
  try {
    return formatOfFile(path);
  } catch {
    return 'text';
  }
}

/** Runs one reader on a sink of its own. What was read before an error is kept: the sink is ended in any case but an abort. */
async function readInto(source: string, reading: Reading, read: (sink: LogSink) => Promise<SourceOutcome>): Promise<void> {
  const sink = reading.options.openSink(source);
  try {
    reading.outcomes.push(await read(sink));
  } catch (error) {
    recordError(error, source, reading);
  }
  sink.end();
}

function recordError(error: unknown, path: string, reading: Reading): void {
  const readError = toReadError(error, path);
  if (!(readError instanceof ReadError)) throw readError;
  reading.errors.push(readError);
}
