import { parseGroupKill } from './lines/kill.js';
import { recognise } from './lines/recognise.js';
import { fieldsExpected, KNOWN_COLUMNS } from './lines/task-table.js';

/**
 * Lines of a report that mail programs, terminals and issue trackers broke in two. Mail breaks at a space and drops it,
 * a terminal breaks anywhere and drops nothing, so both joins are tried and the one that says more wins.
 */

/** whole: nothing can follow. open: complete as it stands, yet the next line may continue it. part: something is missing. */
export type Wholeness = 'whole' | 'open' | 'part';

/** How complete a stripped line of a report is. `columns` are the current table's, empty if unknown. */
export function wholeness(text: string, columns: readonly string[]): Wholeness {
  switch (text.charCodeAt(0)) {
    case 0x5b /* [ */:
      if (ROW.test(text)) return rowFields(text) < fieldsExpected(columns) ? 'part' : 'open';
      if (TABLE_HEADER.test(text)) return text.endsWith('name') ? 'whole' : 'part';
      break;
    case 0x43 /* C */:
      if (CPU.test(text)) return /#\d/.test(text) ? 'whole' : 'open';
      break;
    case 0x54 /* T */:
      if (/^Tasks? in$/.test(text)) return 'part';
      if (text.startsWith('Task in /')) return /limit of \S+$/.test(text) ? 'open' : 'part';
      if (text.startsWith('Tasks in /')) return parseGroupKill(text) === undefined ? 'part' : 'whole';
      break;
    case 0x4d /* M */:
      if (text.startsWith('Memory cgroup stats')) return /:$|unevictable:\d+KB/.test(text) ? 'whole' : 'open';
      break;
    default:
      if (COUNTER.test(text)) return /failcnt \d+$/.test(text) ? 'open' : 'part';
  }
  return TELLING.test(text) ? wholenessOfTelling(text) : 'whole';
}

const ROW = /^\[ *\d+\]\s+\d+\s+\d+\s/;
const TABLE_HEADER = /^\[ {1,4}pid {1,4}\]/;
const CPU = /^CPU: \d+ .*PID: \d+ Comm: /;
const COUNTER = /^(?:memory|memory\+swap|kmem|swap): usage /;
const TELLING = /oom|rocess|invoked/;

/** Lines that may stand behind a prefix nobody could take off, so that their first letter tells nothing. */
function wholenessOfTelling(text: string): Wholeness {
  if (text.includes('oom-kill:constraint=')) return /,uid=\d+$/.test(text) ? 'open' : 'part';
  if (text.includes('Killed process ')) return 'open';
  if (/(?:^| )invoked(?: oom-killer:?.*)?$/.test(text)) return /oom_(?:score_)?adj=-?\d+$/.test(text) ? 'open' : 'part';
  if (text.startsWith('oom_reaper: reaped process')) return /shmem-rss:\d+kB$/.test(text) ? 'whole' : 'open';
  if (/[Kk]ill process \d+ /.test(text)) return text.endsWith('child') ? 'whole' : 'open';
  return 'whole';
}

/** Fields behind the bracket, counted without making them. */
function rowFields(text: string): number {
  let fields = 0;
  let inField = false;
  for (let index = text.indexOf(']') + 1; index < text.length; index++) {
    const blank = text.charCodeAt(index) <= 0x20;
    if (!blank && !inField) fields++;
    inField = !blank;
  }
  return fields;
}

/** How much a text says, to compare two ways of joining. */
function weight(text: string, columns: readonly string[]): number {
  const event = recognise(text);
  if (event === undefined) return 0;
  switch (event.kind) {
    case 'row': {
      // One field too many is a number torn in two, or a comm with a space; exactly as many as columns is best.
      const excess = event.fields.length - fieldsExpected(columns);
      return excess > 0 ? fieldsExpected(columns) - excess : event.fields.length;
    }
    case 'table-header':
      return event.columns.reduce((sum, column) => sum + (KNOWN_COLUMNS.has(column) ? 2 : -1), 0);
    case 'stats':
      return 1 + Object.keys(event.entries ?? {}).length;
    default:
      return 1 + definedFields(event);
  }
}

function definedFields(event: object): number {
  return Object.values(event).filter((value) => value !== undefined && !(Array.isArray(value) && value.length === 0)).length;
}

/** A comm is at most 15 bytes, so what follows a row can only be the rest of one. */
function continuesComm(row: string, next: string): boolean {
  const comm = /(\S+)$/.exec(row)?.[1] ?? '';
  return /^\S{1,14}$/.test(next) && comm.length + next.length <= 15 && !/^\d+$/.test(comm);
}

/** How the rest of a group kill's announcement can begin, behind its path. */
const GROUP_WORDS = /^(?:are|going|to|be|killed|due|memory\.oom)(?: |$)/;

/**
 * Joins a broken line with the one after it, or undefined when the two do not belong together. `stamped` says that the first
 * half carried a log prefix that the second half lacks, which alone makes it a continuation.
 */
export function joinWrapped(first: string, next: string, columns: readonly string[], stamped: boolean): string | undefined {
  if (next === '') return undefined;
  const state = wholeness(first, columns);
  if (state === 'whole') return undefined;
  // A last number torn in two.
  if (state === 'open' && /\d$/.test(first) && /^\d{1,9}$/.test(next)) return stamped ? first + next : undefined;
  if (/^Tasks? in$/.test(first) || (first.startsWith('Tasks in /') && GROUP_WORDS.test(next))) return `${first} ${next}`;
  if (first.startsWith('Task in /') && state === 'open') return stamped && /^[\w./:@\\-]+$/.test(next) ? first + next : undefined;
  if (first.startsWith('Memory cgroup stats') && /KB$/.test(first)) return `${first} ${next}`;
  if (/^Memory cgroup stats for \/[^\s:]*$/.test(first) && stamped && /^[\w./:@\\-]+(?: [a-z_]+:.*)?$/.test(next))
    return first + next;
  if (state === 'open' && /^\[ *\d+\]/.test(first)) return stamped && continuesComm(first, next) ? first + next : undefined;
  const now = weight(first, columns);
  const spaced = weight(`${first} ${next}`, columns);
  const tight = weight(first + next, columns);
  const better = Math.max(spaced, tight);
  if (better > now) return tight >= spaced && !(tight === spaced && endsInWord(first)) ? first + next : `${first} ${next}`;
  if (state === 'part' && stamped && recognise(next) === undefined) return endsInWord(first) ? `${first} ${next}` : first + next;
  return undefined;
}

/** A break behind a comma, an equals sign or inside a path was made by a terminal; behind anything else a space was dropped. */
function endsInWord(text: string): boolean {
  return /[)\]:]$|[a-z]{3}$|,$/.test(text) && !/[,_][a-z_]+=?[^,\s]*$/.test(text);
}
