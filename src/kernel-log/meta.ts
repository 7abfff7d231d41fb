/** Where a line stood and what its prefix told. */
export interface LineMeta {
  readonly line: number;
  readonly uptimeSeconds: number | undefined;
  readonly wallClock: string | undefined;
  readonly stamp: string | undefined;
  readonly host: string | undefined;
  readonly caller: string | undefined;
}

/** Whether a line carries a time of any kind. */
export function isTimed(meta: LineMeta): boolean {
  return meta.uptimeSeconds !== undefined || meta.wallClock !== undefined || meta.stamp !== undefined;
}

/** Seconds between two lines, never negative; undefined when they carry no times that compare. */
export function gapSeconds(a: LineMeta, b: LineMeta): number | undefined {
  if (a.uptimeSeconds !== undefined && b.uptimeSeconds !== undefined) return Math.abs(a.uptimeSeconds - b.uptimeSeconds);
  const wall = difference(parse(a.wallClock), parse(b.wallClock));
  return wall ?? difference(parseSyslog(a.stamp), parseSyslog(b.stamp));
}

function parse(wallClock: string | undefined): number | undefined {
  return wallClock === undefined ? undefined : Date.parse(wallClock) / 1000;
}

/** Syslog's stamp has no year; any leap year serves to compare two of them. */
function parseSyslog(stamp: string | undefined): number | undefined {
  const match = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)/.exec(stamp ?? '');
  return match === null ? undefined : Date.parse(`${match[1]} ${match[2]} 2024 ${match[3]}Z`) / 1000;
}

function difference(a: number | undefined, b: number | undefined): number | undefined {
  const gap = a === undefined || b === undefined ? Number.NaN : Math.abs(a - b);
  return Number.isFinite(gap) ? gap : undefined;
}
