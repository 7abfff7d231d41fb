import type { LineEvent } from './event.js';
import { parseFrame, parseHeaderLine, parseInvoked } from './header.js';
import { parseKillLine } from './kill.js';
import { parseMemInfoLine } from './mem-info.js';
import { parseOtherDump } from './other-dump.js';
import { parseStat, parseStats } from './statistics.js';
import { parseRow, parseTableHeader } from './task-table.js';

/** Longest text a recogniser looks at: no line of a report is longer, and hostile input may be. */
const MAX_TEXT = 16_384;

/** What a line of kernel text says about an OOM kill, or that a report of another kind begins; undefined for any other line. Never throws. */
export function recognise(line: string): LineEvent | undefined {
  const text = line.length > MAX_TEXT ? line.slice(0, MAX_TEXT) : line;
  if (text === '') return undefined;
  const first = text.charCodeAt(0);
  if (first === 0x5b /* [ */) return parseRow(text) ?? parseTableHeader(text) ?? parseFrame(text);
  if (first === 0x3f /* ? */ || text.includes('+0x')) {
    const frame = parseFrame(text);
    if (frame !== undefined) return frame;
  }
  if (text.includes(' invoked oom-killer:')) {
    const event = parseInvoked(text);
    if (event !== undefined) return event;
  }
  if (text.startsWith('Tasks state (memory values in pages)')) return { kind: 'table-title' };
  return (
    parseKillLine(text) ??
    parseStats(text) ??
    parseStat(text) ??
    parseHeaderLine(text) ??
    parseMemInfoLine(text) ??
    parseOtherDump(text)
  );
}
