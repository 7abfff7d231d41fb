import { message } from '../../../model/index.js';
import type { LogSink } from './log-sink.js';
import { ReadError } from './read-error.js';
import { type ReadContext, ReadMeter, type SourceOutcome } from './reading.js';
import { firstLine, runTool, type ToolResult } from './tool.js';

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

/**
 * What journalctl says where it may not show the system's journal, by journal_access_check_and_warn() (systemd 230 to 257) and what
 * went before it: the messages of the kernel are in that journal alone.
 */
const NOT_SEEN = /not seeing messages from|insufficient permissions|can see all messages|may always access messages/i;
const NO_FILES = /No journal files were found/i;
/** Its hints are notices; more talk than that would pass for a complaint. */
const LOGGING = { SYSTEMD_LOG_LEVEL: 'notice', SYSTEMD_LOG_TARGET: 'console' } as const;

/**
 * Reads the systemd journal through journalctl, which knows its formats and who may read them. What an account may not see is no
 * empty journal. Throws a ReadError.
 */
export async function readJournal(range: JournalRange, sink: LogSink, context: ReadContext): Promise<SourceOutcome> {
  const env = { ...process.env, ...LOGGING };
  const { signal } = context;
  // Asked for JSON, journalctl keeps quiet about what it may not show (parse_argv(): it implies --quiet). So it is asked without first.
  const access = await runTool('journalctl', ['--no-pager', '--lines=0'], {
    input: undefined,
    onOutput: () => undefined,
    env,
    signal,
  });
  if (access.status === 'missing') throw new ReadError('journalctl-missing', JOURNAL_SOURCE);
  assertSeen(access);
  const meter = new ReadMeter(JOURNAL_SOURCE, context);
  const result = await runTool('journalctl', journalArguments(range), {
    input: undefined,
    onOutput: (chunk) => {
      sink.push(chunk);
      meter.count(chunk.length);
    },
    env,
    signal,
  });
  if (result.status === 'missing') throw new ReadError('journalctl-missing', JOURNAL_SOURCE);
  assertSeen(result);
  if (result.exitCode !== 0) throw new ReadError('journalctl-failed', JOURNAL_SOURCE, { detail: firstLine(result.stderr) });
  if (NOT_SEEN.test(access.stderr) || NOT_SEEN.test(result.stderr)) {
    if (meter.bytes === 0) throw new ReadError('journal-permission', JOURNAL_SOURCE);
    return { source: JOURNAL_SOURCE, damage: message('read.journal-permission') };
  }
  // A file that is damaged is passed over, and journalctl succeeds.
  if (result.stderr !== '')
    return { source: JOURNAL_SOURCE, damage: message('read.journalctl-says', { detail: firstLine(result.stderr) }) };
  // Every boot begins with messages of the kernel; a span of time may have none.
  if (meter.bytes === 0 && range.since === undefined && range.until === undefined)
    throw new ReadError('journal-empty', JOURNAL_SOURCE);
  return { source: JOURNAL_SOURCE };
}

/** Throws a ReadError where there is no journal, or none that may be read. */
function assertSeen({ exitCode, stderr }: Extract<ToolResult, { status: 'exited' }>): void {
  if (NO_FILES.test(stderr)) throw new ReadError('journal-missing', JOURNAL_SOURCE);
  if (exitCode !== 0 && NOT_SEEN.test(stderr)) throw new ReadError('journal-permission', JOURNAL_SOURCE);
}
