import { KIB } from '../../../model/index.js';
import type { CounterName, LineEvent } from './event.js';

/** The lines from `X invoked oom-killer` to the memory counters (dump_header() and mem_cgroup_print_oom_context()). */

/** A task's comm is at most 15 bytes; a longer capture has an unknown prefix in front of it. */
const COMM_MAX = 15;

/**
 * `stress invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`.
 * nodemask= stood in it from 4.18 to 5.1, oom_adj= until 3.9, the symbolic flags are there since 4.6.
 */
export function parseInvoked(text: string): LineEvent | undefined {
  const at = text.indexOf(' invoked oom-killer:');
  if (at < 1 || at > 300) return undefined;
  const rest = text.slice(at + ' invoked oom-killer:'.length, at + 2000);
  if (!isHeaderRest(rest.trimStart())) return undefined;
  const gfp = /gfp_mask=(0x[0-9a-fA-F]+)(?:\(([^)]{0,600})\))?/.exec(rest);
  const nodemask = /nodemask=(\([^)]{0,100}\)|[\d,-]+)/.exec(rest)?.[1];
  const order = integer(/order=(-?\d{1,6})/.exec(rest)?.[1]);
  const oomScoreAdj = integer(/oom_score_adj=(-?\d{1,6})/.exec(rest)?.[1]);
  const oomAdj = integer(/oom_adj=(-?\d{1,6})/.exec(rest)?.[1]);
  return {
    kind: 'invoked',
    comm: commBehindPrefix(text.slice(0, at)),
    gfpFlags: gfp?.[2] === undefined || gfp[2] === '' ? [] : gfp[2].replace(/\s+/g, '').split('|'),
    ...(gfp?.[1] === undefined ? {} : { gfpMask: gfp[1] }),
    ...(order === undefined ? {} : { order }),
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
    ...(oomAdj === undefined ? {} : { oomAdj }),
    ...(nodemask === undefined ? {} : { nodemask }),
  };
}

/** The flags follow at once, unless the line was cut or shortened before them; anything else is talk about such lines. */
function isHeaderRest(rest: string): boolean {
  return rest.startsWith('gfp_mask=') || 'gfp_mask='.startsWith(rest) || /^(?:\.{3}|…)$/.test(rest);
}

/** The comm out of a text that may still have a prefix nobody knows in front: what follows the last separator. */
function commBehindPrefix(text: string): string {
  if (text.length <= COMM_MAX) return text;
  const cut = Math.max(
    text.lastIndexOf(': ') + 2,
    text.lastIndexOf('] ') + 2,
    text.lastIndexOf('\t') + 1,
    text.lastIndexOf('; ') + 2,
  );
  const behind = text.slice(cut >= 2 ? cut : 0);
  // Kernel threads keep longer names (kworker/u17:0-events_unbound) since 5.17.
  return behind.length <= 64 ? behind : behind.slice(-COMM_MAX);
}

function integer(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** `dd cpuset=/ mems_allowed=0-1`: the invoker's cpuset, until 4.20. */
function parseCpuset(text: string): LineEvent | undefined {
  const match = /^(.{1,64}?) cpuset=(\S{1,4096}) mems_allowed=(\S{0,256})$/.exec(text);
  if (match === null) return undefined;
  return { kind: 'cpuset', comm: match[1] ?? '', cpuset: match[2] ?? '', memsAllowed: match[3] ?? '' };
}

/** `CPU: 12 UID: 0 PID: 6911 Comm: dd Not tainted 6.8.0-rc6+ #24`; before 3.10 `Pid: 5795, comm: msgctl11 Not tainted 2.6.31-rc1 #147`. */
function parseCpu(text: string): LineEvent | undefined {
  const match = /^(?:CPU: \d{1,5} (?:UID: \d{1,10} )?PID: (\d{1,10}) Comm: |Pid: (\d{1,10}), comm: )(.{1,600})$/.exec(text);
  if (match === null) return undefined;
  const rest = match[3] ?? '';
  const end = rest.search(/ (?:Kdump: loaded|Not tainted|Tainted:)/);
  const release = /(?:^|\s)(\d{1,2}\.\d{1,3}(?:\.\d{1,5})?[^\s#]{0,80}) (?:#|SMP|PREEMPT)/.exec(
    rest.slice(Math.max(end, 0)),
  )?.[1];
  return {
    kind: 'cpu',
    pid: Number(match[1] ?? match[2]),
    comm: end < 0 ? rest.trim().slice(0, COMM_MAX) : rest.slice(0, end).trim(),
    ...(release === undefined ? {} : { release }),
  };
}

/**
 * `? dump_stack+0x19/0x1b`, with its address before 4.11 (`[<ffffffff81400443>] `), with two on ppc64le, or symbolised by
 * scripts/decode_stacktrace.sh (`dump_stack_lvl (lib/dump_stack.c:123)`).
 */
export function parseFrame(text: string): LineEvent | undefined {
  const match =
    /^(?:\[<?[0-9a-f]{8,16}>?\] ?){0,2}(\? )?([A-Za-z_][\w.]{0,120})(?:\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}| \([\w./-]{1,200}:\d{1,6}[ ):])/.exec(
      text,
    );
  if (match === null) return undefined;
  return { kind: 'frame', symbol: match[2] ?? '', uncertain: match[1] !== undefined };
}

/** `Task in A killed as a result of limit of B`, until 4.20: A is the victim's cgroup, B the one at its limit. */
function parseLimitOf(text: string): LineEvent | undefined {
  const match = /^Task in (\S{1,4096}) killed as a result of limit of (\S{1,4096})$/.exec(text);
  if (match === null) return undefined;
  return { kind: 'limit-of', task: match[1] ?? '', limit: match[2] ?? '' };
}

/** The kernel's first line: `Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org) …`. */
function parseRelease(text: string): LineEvent | undefined {
  const release = /^Linux version (\d{1,2}\.\d{1,3}\S{0,120})/.exec(text)?.[1];
  return release === undefined ? undefined : { kind: 'release', release };
}

const COUNTERS: Readonly<Record<string, CounterName>> = {
  memory: 'memory',
  'memory+swap': 'memorySwap',
  kmem: 'kmem',
  swap: 'swap',
};

/** `memory: usage 585936kB, limit 585936kB, failcnt 75129`. */
function parseCounter(text: string): LineEvent | undefined {
  const match = /^(memory|memory\+swap|kmem|swap): usage (\d{1,20})kB, limit (\d{1,20})kB, failcnt (\d{1,20})/.exec(text);
  const name = COUNTERS[match?.[1] ?? ''];
  if (match === null || name === undefined) return undefined;
  return {
    kind: 'counter',
    name,
    usageBytes: Number(match[2]) * KIB,
    limitBytes: Number(match[3]) * KIB,
    failcnt: Number(match[4]),
  };
}

/** Recognises the lines of a report's head. `invoked` is tried on its own: its text may stand behind an unknown prefix. */
export function parseHeaderLine(text: string): LineEvent | undefined {
  switch (text.charCodeAt(0)) {
    case 0x43 /* C */:
      if (text === 'Call Trace:' || text === 'Call trace:') return { kind: 'call-trace' };
      break;
    case 0x4c /* L */:
      if (text.startsWith('Linux version ')) return parseRelease(text);
      break;
    case 0x54 /* T */:
      if (text.startsWith('Task in ')) return parseLimitOf(text);
      break;
    case 0x6d: /* m */
    case 0x6b: /* k */
    case 0x73 /* s */:
      if (text.includes(': usage ')) return parseCounter(text);
      break;
    default:
      break;
  }
  return (
    parseCpu(text) ??
    (text.includes(':') ? parseFrame(text) : undefined) ??
    (text.includes(' cpuset=') ? parseCpuset(text) : undefined)
  );
}
