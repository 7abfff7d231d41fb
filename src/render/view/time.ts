import { type Incident, type Message, type OomReport, seconds } from '../../model/index.js';
import { formatUptimeClock, formatWallClock } from '../../words/format/time.js';
import { say } from './words.js';

/** When a kill happened, for a list of facts; undefined when nothing says so. */
export function timeFact(incident: Incident): Message | undefined {
  const { time, report } = incident;
  const clock = clockTime(time, report);
  if (clock !== undefined) return say('value', { value: clock });
  const end = endAfterKill(incident);
  if (end !== undefined) return say('time.before', { time: end });
  const uptime = report.time?.uptimeSeconds;
  return uptime === undefined ? undefined : say('time.uptime', { time: seconds(uptime), seconds: uptime.toFixed(3) });
}

/** When a kill happened, inside the headline; says nothing when nothing else does. */
export function timePhrase(incident: Incident): Message {
  const { time, report } = incident;
  const clock = clockTime(time, report);
  if (clock !== undefined) return say('headline.when.wall-clock', { time: clock });
  const end = endAfterKill(incident);
  if (end !== undefined) return say('headline.when.before', { time: end });
  const uptime = report.time?.uptimeSeconds;
  return uptime === undefined ? say('headline.when.unknown') : say('headline.when.uptime', { time: seconds(uptime) });
}

/**
 * When a kill happened, for a column of a table: `2024-05-01 12:00:03Z`, `<2024-05-01 12:00:03Z` where only the end of its container
 * is known, or the time since boot as `+6d 17:10:37`. `short` leaves the year out.
 */
export function timeCell(incident: Incident, short = false): Message {
  const { time, report } = incident;
  const clock = clockTime(time, report);
  const end = endAfterKill(incident);
  const known = clock ?? end;
  if (known !== undefined) {
    const full = known.replace(/ UTC$/, 'Z');
    const cell = short ? full.replace(/^\d{4}-(?=\d\d-\d\d \d)/, '') : full;
    return say('value', { value: clock === undefined ? `<${cell}` : cell });
  }
  const uptime = report.time?.uptimeSeconds;
  return uptime === undefined ? say('none') : say('value', { value: `+${formatUptimeClock(uptime)}` });
}

/** The time of day, or the log's own stamp where that has no year. */
function clockTime(time: Incident['time'], { time: logTime }: OomReport): string | undefined {
  const wallClock = time ?? logTime?.wallClock;
  return wallClock === undefined ? logTime?.stamp : formatWallClock(wallClock);
}

/** Of a kill whose time nobody knows: when the container that it happened in ended. */
function endAfterKill({ time, kubernetes }: Incident): string | undefined {
  const end = kubernetes?.hasKernelReport === false && time === undefined ? kubernetes.termination?.finishedAt : undefined;
  return end === undefined ? undefined : formatWallClock(end);
}
