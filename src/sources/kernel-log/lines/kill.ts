import { KIB, present } from '../../../model/index.js';
import type { KilledEvent, LineEvent, OomKillEvent, Quotable } from './event.js';

/** The lines that name a victim: `oom-kill:`, the score line, `Killed process`, the group kill, the reaper. */

const KEYS = ['constraint', 'nodemask', 'cpuset', 'mems_allowed', 'oom_memcg', 'task_memcg', 'task', 'pid', 'uid'] as const;
type Key = (typeof KEYS)[number];

/**
 * `oom-kill:constraint=C,nodemask=M,cpuset=P,mems_allowed=L,{oom_memcg=B|global_oom},task_memcg=A,task=N,pid=P,uid=U` (5.0 and
 * later). Values are not quoted and may hold commas (mems_allowed=0-1,3, a comm), so each one ends where the next key begins.
 */
function parseOomKill(text: string): LineEvent | undefined {
  const from = text.indexOf('oom-kill:constraint=');
  if (from < 0 || from > 300) return undefined;
  const body = `,${text.slice(from + 'oom-kill:'.length, from + 12_000)}`;
  const starts: { key: Key; at: number }[] = [];
  let search = 0;
  for (const key of KEYS) {
    const at = key === 'pid' || key === 'uid' ? body.lastIndexOf(`,${key}=`) : body.indexOf(`,${key}=`, search);
    if (at < search) continue;
    starts.push({ key, at });
    search = at + 1;
  }
  const globalAt = body.indexOf(',global_oom');
  const values: Partial<Record<Key, string>> = {};
  starts.forEach(({ key, at }, index) => {
    const next = starts[index + 1]?.at ?? body.length;
    const end = globalAt > at && globalAt < next ? globalAt : next;
    values[key] = body.slice(at + key.length + 2, end).trim();
  });
  const last = starts.at(-1)?.key;
  // Without any further key somebody speaks of such lines.
  if (from > 0 && starts.length < 2) return undefined;
  const cutIn: OomKillEvent['cutIn'] =
    last === 'uid' || last === undefined
      ? undefined
      : last === 'oom_memcg' || last === 'task_memcg' || last === 'pid'
        ? last
        : 'other';
  // A pager marks a cut line with '>'.
  const path = (value: string | undefined): string | undefined => value?.replace(/>$/, '');
  return {
    kind: 'oom-kill',
    // Whatever stands behind the word (a quotation mark, an ellipsis) is not the kernel's: enum oom_constraint, include/linux/oom.h.
    word: /^[A-Z_]*/.exec(values.constraint ?? '')?.[0] ?? '',
    globalOom: globalAt >= 0,
    quoted: from > 0,
    ...present({
      nodemask: values.nodemask,
      cpuset: values.cpuset,
      memsAllowed: values.mems_allowed,
      oomMemcg: path(values.oom_memcg),
      taskMemcg: path(values.task_memcg),
      task: values.task,
      pid: digits(values.pid),
      uid: digits(values.uid),
      cutIn,
    }),
  };
}

function digits(text: string | undefined): number | undefined {
  const match = /^\d{1,10}/.exec(text ?? '');
  return match === null ? undefined : Number(match[0]);
}

/**
 * What the words right before the kill say of the scope. Kernels before 5.1 print them on the line before, so a kill without them
 * says nothing. Source: __oom_kill_process() and oom_kill_process(), mm/oom_kill.c.
 */
function scopeOf(before: string): 'memcg' | 'node' | undefined {
  const words = /(emory cgroup out of memory|\bOut of [mM]emory)(?: \([\w ]{1,40}\))?: $/.exec(before)?.[1];
  return words === undefined ? undefined : words.startsWith('emory') ? 'memcg' : 'node';
}

/** What stands before the words in a line of the kernel's own; anything else means that another program quotes it. */
const OWN_LINE = /^(?:(?:Memory cgroup o|O)ut of [mM]emory(?: \([\w ]{1,40}\))?: )?$/;
/** node-problem-detector's kernel monitor makes Events of such lines, for this reason (its config/kernel-monitor.json). */
const OF_MONITOR = /\bOOMKilling\b|\bkernel-monitor\b/;

function quotation(before: string): Quotable {
  if (OWN_LINE.test(before)) return { quoted: false };
  return OF_MONITOR.test(before) ? { quoted: true, byMonitor: true } : { quoted: true };
}

/** `Out of memory: Kill process 1532 (badsysprogram) score 919 or sacrifice child`, before 5.1. */
function parseSelected(text: string): LineEvent | undefined {
  const match = /\b[Kk]ill process (\d{1,10}) \((.{0,64})\) score (-?\d{1,10})/.exec(text);
  if (match === null) return undefined;
  const before = text.slice(0, match.index);
  const scope = scopeOf(before);
  return {
    kind: 'selected',
    pid: Number(match[1]),
    comm: match[2] ?? '',
    score: Number(match[3]),
    ...quotation(before),
    ...(scope === undefined ? {} : { scope }),
  };
}

const TOTAL_VM = /total-vm:(\d{1,20})kB/;
const ANON_RSS = /anon-rss:(\d{1,20})kB/;
const FILE_RSS = /file-rss:(\d{1,20})kB/;
const SHMEM_RSS = /shmem-rss:(\d{1,20})kB/;
const PGTABLES = /pgtables:(\d{1,20})kB/;

const SIZES = [
  ['totalVmBytes', TOTAL_VM],
  ['anonRssBytes', ANON_RSS],
  ['fileRssBytes', FILE_RSS],
  ['shmemRssBytes', SHMEM_RSS],
  ['pageTablesBytes', PGTABLES],
] as const;

function size(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * KIB;
}

const KILLED = /\bKilled process (\d{1,10})(?:, UID \d{1,10},)? ?\(/;

/** `Memory cgroup out of memory: Killed process 7215 (test.sh) total-vm:222652kB, …`, in every wording since 2.6. */
export function parseKilled(text: string): KilledEvent | undefined {
  const match = KILLED.exec(text);
  if (match === null) return undefined;
  const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 1000);
  const details = rest.search(/\) ?,? ?(?:UID:? ?\d|total-vm:|vsz:|\(|$)/);
  const close = details >= 0 ? details : rest.lastIndexOf(')');
  const comm = close >= 0 ? rest.slice(0, close) : rest.slice(0, 15);
  const tail = close >= 0 ? rest.slice(close) : '';
  const uid = /UID:? ?(\d{1,10})/.exec(tail)?.[1] ?? /, UID (\d{1,10}),/.exec(match[0])?.[1];
  const oomScoreAdj = /oom_score_adj:(-?\d{1,6})/.exec(tail)?.[1];
  const before = text.slice(0, match.index);
  const scope = scopeOf(before);
  const killed: { -readonly [K in keyof KilledEvent]: KilledEvent[K] } = {
    kind: 'killed',
    pid: Number(match[1]),
    comm,
    ...quotation(before),
  };
  if (scope !== undefined) killed.scope = scope;
  for (const [field, pattern] of SIZES) {
    const bytes = size(tail, pattern);
    if (bytes !== undefined) killed[field] = bytes;
  }
  if (uid !== undefined) killed.uid = Number(uid);
  if (oomScoreAdj !== undefined) killed.oomScoreAdj = Number(oomScoreAdj);
  return killed;
}

function parseReaper(text: string): LineEvent | undefined {
  const reaped = /^oom_reaper: reaped process (\d{1,10}) \((.{0,64}?)\)(?:,? now |, |$)(.{0,300})/.exec(text);
  if (reaped !== null) {
    const rest = reaped[3] ?? '';
    const sizes = {
      anonRssBytes: size(rest, ANON_RSS),
      fileRssBytes: size(rest, FILE_RSS),
      shmemRssBytes: size(rest, SHMEM_RSS),
    };
    return {
      kind: 'reaped',
      pid: Number(reaped[1]),
      comm: reaped[2] ?? '',
      ...present(sizes),
    };
  }
  const unable = /^oom_reaper: unable to reap pid:(\d{1,10}) \((.{0,64})\)/.exec(text);
  return unable === null ? undefined : { kind: 'unable-to-reap', pid: Number(unable[1]), comm: unable[2] ?? '' };
}

/**
 * `Tasks in /kubepods/… are going to be killed due to memory.oom.group set`, 4.19 and later. Blanks are not looked at: where the
 * line was torn in a word, nobody can tell whether one stood there.
 */
export function parseGroupKill(text: string): LineEvent | undefined {
  if (!text.startsWith('Tasks in /')) return undefined;
  const path = /^Tasksin(\/.{0,4096}?)aregoingtobekilledduetomemory\.oom\.groupset/.exec(text.replaceAll(' ', ''))?.[1];
  return path === undefined ? undefined : { kind: 'group-kill', path };
}

/** A word of every line below: most lines of a log have none and need no closer look. */
const TELLING = /oom|OOM|rocess|emory/;

/** Recognises a line that tells the outcome. */
export function parseKillLine(text: string): LineEvent | undefined {
  if (!TELLING.test(text)) return undefined;
  if (text.includes('oom-kill:')) {
    const event = parseOomKill(text);
    if (event !== undefined) return event;
  }
  if (text.includes('Killed process')) {
    const event = parseKilled(text);
    if (event !== undefined) return event;
  }
  if (text.includes('ill process ')) {
    const event = parseSelected(text);
    if (event !== undefined) return event;
  }
  if (text.startsWith('oom_reaper:')) return parseReaper(text);
  const group = parseGroupKill(text);
  if (group !== undefined) return group;
  const exiting = /OOM victim (\d{1,10}) \((.{0,64})\) is already exiting/.exec(text);
  if (exiting !== null) return { kind: 'already-exiting', pid: Number(exiting[1]), comm: exiting[2] ?? '' };
  const suppressed = /^(?:oom_kill_process|dump_header): (\d{1,12}) callbacks suppressed/.exec(text);
  if (suppressed !== null) return { kind: 'suppressed', count: Number(suppressed[1]) };
  if (/^Out of memory and no killable processes/.test(text)) return { kind: 'no-killable' };
  if (/^Kernel panic - not syncing: (?:System is deadlocked on memory|Out of memory)/.test(text)) return { kind: 'panic' };
  return undefined;
}
