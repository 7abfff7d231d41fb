import { KIB } from '../../../model/index.js';
import type { LineEvent } from './event.js';

const STATS_FOR = 'Memory cgroup stats';

/**
 * `Memory cgroup stats for /a: cache:0KB rss:4KB …` (before 5.3, one line a cgroup), `Memory cgroup stats for /a:` with the
 * statistics on lines of their own (5.3 and later), `Memory cgroup stats: cache:…` (before 3.9).
 */
export function parseStats(text: string): LineEvent | undefined {
  if (!text.startsWith(STATS_FOR)) return undefined;
  const rest = text.slice(STATS_FOR.length);
  const match = /^(?: for (\S{1,4096}?))?( ?:)?(?: ([a-z_]+:.*))?$/.exec(rest);
  if (match === null) return undefined;
  const path = match[1] ?? '';
  const list = match[3];
  return {
    kind: 'stats',
    path,
    pathTruncated: path !== '' && match[2] === undefined,
    ...(list === undefined ? {} : { entries: parseOneLineStats(list) }),
  };
}

/** `cache:507172KB rss:448KB …` in bytes. */
function parseOneLineStats(list: string): Record<string, number> {
  const entries: Record<string, number> = {};
  for (const match of list.matchAll(/([a-z_]{2,40}):(\d{1,20})KB/g)) entries[match[1] ?? ''] = Number(match[2]) * KIB;
  return entries;
}

/** One statistic: `anon 365199360`. Bytes for sizes, a count for events; memcg_page_state_output_unit() decides in the kernel. */
export function parseStat(text: string): LineEvent | undefined {
  const match = /^([a-z][a-z0-9_]{1,60}) (\d{1,20})$/.exec(text);
  if (match === null) return undefined;
  return { kind: 'stat', key: match[1] ?? '', value: Number(match[2]) };
}
