/** Where a line stood and what its prefix told. */
export interface LineMeta {
  readonly line: number;
  readonly uptimeSeconds: number | undefined;
  readonly wallClock: string | undefined;
  readonly stamp: string | undefined;
  /** The wall clock or the stamp in seconds, to compare two lines by; undefined where the uptime serves. */
  readonly clockSeconds: number | undefined;
  readonly host: string | undefined;
  readonly caller: string | undefined;
}

/** Whether a line carries a time that compares. */
export function isTimed(meta: LineMeta): boolean {
  return meta.uptimeSeconds !== undefined || meta.clockSeconds !== undefined;
}

/** Seconds between two lines, never negative; undefined when they carry no times that compare. */
export function gapSeconds(a: LineMeta, b: LineMeta): number | undefined {
  if (a.uptimeSeconds !== undefined && b.uptimeSeconds !== undefined) return Math.abs(a.uptimeSeconds - b.uptimeSeconds);
  return a.clockSeconds === undefined || b.clockSeconds === undefined ? undefined : Math.abs(a.clockSeconds - b.clockSeconds);
}

/** The seconds that a wall clock or syslog's stamp stands for. Syslog names no year; any leap year serves to compare two lines. */
export function clockSecondsOf(wallClock: string | undefined, stamp: string | undefined): number | undefined {
  const syslog = wallClock === undefined && stamp !== undefined ? SYSLOG.exec(stamp) : null;
  const text = syslog === null ? wallClock : `${syslog[1]} ${syslog[2]} 2024 ${syslog[3]}Z`;
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(milliseconds) ? milliseconds / 1000 : undefined;
}

const SYSLOG = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)/;
