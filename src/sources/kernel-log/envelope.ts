/**
 * The containers in which log shippers keep a line: journal JSON, Docker's json-file, CRI partial lines, JSON-escaped
 * text. Opening them yields ordinary lines, which still carry the kernel's own prefix.
 */

/** One line out of an envelope, with what the envelope told. */
export interface EnvelopedLine {
  readonly text: string;
  readonly wallClock?: string;
  readonly uptimeSeconds?: number;
  readonly host?: string;
  readonly ident?: string;
}

function stringField(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name];
  return typeof value === 'string' ? value : undefined;
}

/** A journal MESSAGE is a string, an array of bytes where it is not UTF-8, or null where it was too large. */
function journalMessage(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(value.filter((item): item is number => typeof item === 'number')));
}

function microseconds(value: string | undefined): number | undefined {
  const number = Number(value);
  return value === undefined || !Number.isFinite(number) ? undefined : number / 1e6;
}

function fromJournal(record: Readonly<Record<string, unknown>>): EnvelopedLine[] {
  const text = journalMessage(record.MESSAGE);
  if (text === undefined) return [];
  const realtime = microseconds(stringField(record, '_SOURCE_REALTIME_TIMESTAMP') ?? stringField(record, '__REALTIME_TIMESTAMP'));
  const uptime = microseconds(stringField(record, '_SOURCE_MONOTONIC_TIMESTAMP') ?? stringField(record, '__MONOTONIC_TIMESTAMP'));
  const host = stringField(record, '_HOSTNAME');
  const ident = stringField(record, 'SYSLOG_IDENTIFIER');
  return text.split('\n').map((line) => ({
    text: line,
    ...(realtime === undefined ? {} : { wallClock: new Date(realtime * 1000).toISOString() }),
    ...(uptime === undefined ? {} : { uptimeSeconds: uptime }),
    ...(host === undefined ? {} : { host }),
    ...(ident === undefined ? {} : { ident }),
  }));
}

function fromLogField(record: Readonly<Record<string, unknown>>, text: string): EnvelopedLine[] {
  const time =
    stringField(record, 'time') ??
    stringField(record, 'timestamp') ??
    stringField(record, '@timestamp') ??
    stringField(record, 'ts');
  const wallClock = time !== undefined && /^\d{4}-\d\d-\d\dT/.test(time) ? time : undefined;
  return text.split('\n').map((line) => ({ text: line, ...(wallClock === undefined ? {} : { wallClock }) }));
}

const TEXT_FIELDS = ['log', 'message', 'msg', 'MESSAGE', 'text', 'line'] as const;

function fromJson(line: string): EnvelopedLine[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const record = parsed as Readonly<Record<string, unknown>>;
  if ('MESSAGE' in record) return fromJournal(record);
  for (const name of TEXT_FIELDS) {
    const text = stringField(record, name);
    if (text !== undefined) return fromLogField(record, text);
  }
  return undefined;
}

/** A member of pretty-printed JSON, e.g. an Event: `"message": "Memory cgroup out of memory: …",`. */
const JSON_MEMBER = /^\s*"(?:log|message|msg|MESSAGE)"\s*:\s*("(?:[^"\\]|\\.)*")?/;

/** Line breaks that somebody escaped: in a JSON string that is no record of ours, and by rsyslog as `#012`. */
const ESCAPED_BREAK = /(?:\\r)?\\n|#012/;

const BRACE = 0x7b;
const QUOTE = 0x22;

/** Opens a line's envelope; a line without one comes back as it is. Never throws, never returns fewer than the line told. */
export function openEnvelope(line: string): readonly EnvelopedLine[] {
  const first = line.charCodeAt(firstNonSpace(line));
  if (first !== BRACE && first !== QUOTE && !line.includes('\\') && !line.includes('#012')) return [{ text: line }];
  if (first === BRACE) {
    const opened = fromJson(line);
    if (opened !== undefined) return opened;
  }
  if (first === QUOTE) {
    const literal = JSON_MEMBER.exec(line)?.[1];
    if (literal !== undefined) {
      try {
        return (JSON.parse(literal) as string).split('\n').map((text) => ({ text }));
      } catch {
        return [{ text: literal.slice(1, -1) }];
      }
    }
  }
  if (ESCAPED_BREAK.test(line)) return line.split(ESCAPED_BREAK).map((text) => ({ text }));
  return [{ text: line }];
}

function firstNonSpace(line: string): number {
  let index = 0;
  while (index < line.length && (line.charCodeAt(index) === 0x20 || line.charCodeAt(index) === 0x09)) index++;
  return index;
}
