import { message } from '../../../model/index.js';
import type { LogSink } from './log-sink.js';
import { ReadError } from './read-error.js';
import { type ReadContext, ReadMeter, type SourceOutcome } from './reading.js';
import { runTool } from './tool.js';

/** The source's name in citations; a line is an entry. */
const JOURNAL_SOURCE = 'journal';

/** A span of time in journalctl's own words: `2024-05-01 12:00`, `-2h`, `yesterday`. */
export interface JournalRange {
  readonly since?: string;
  readonly until?: string;
}

/**
 * The kernel's messages, as JSON lines with long fields in full. `-k` means this boot only, so with a range the messages are
 * chosen by their transport: the kill may lie before the last reboot. Source: journalctl(1).
 */
export function journalArguments({ since, until }: JournalRange): string[] {
  const output = ['--no-pager', '--all', '--output=json'];
  if (since === undefined && until === undefined) return [...output, '--dmesg'];
  const range = [...(since === undefined ? [] : [`--since=${since}`]), ...(until === undefined ? [] : [`--until=${until}`])];
  return [...output, ...range, '_TRANSPORT=kernel'];
}

/** Reads the systemd journal through journalctl, which knows its formats and who may read them. Throws a ReadError. */
export async function readJournal(range: JournalRange, sink: LogSink, context: ReadContext): Promise<SourceOutcome> {
  const meter = new ReadMeter(JOURNAL_SOURCE, context);
  const result = await runTool('journalctl', journalArguments(range), {
    input: undefined,
    onOutput: (chunk) => {
      sink.push(chunk);
      meter.count(chunk.length);
    },
    signal: context.signal,
  });
  if (result.status === 'missing') throw new ReadError('journalctl-missing', JOURNAL_SOURCE);
  if (result.exitCode !== 0) throw new ReadError('journalctl-failed', JOURNAL_SOURCE, { detail: result.stderr });
  // journalctl succeeds, and says so on stderr, when it may show only part of the journal.
  return {
    source: JOURNAL_SOURCE,
    notes: result.stderr === '' ? [] : [message('read.journalctl-says', { detail: result.stderr })],
  };
}
