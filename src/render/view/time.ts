import { type Incident, type Message, type OomReport, seconds } from '../../model/index.js';
import { formatUptimeClock, formatWallClock } from '../../words/format/time.js';
import { say } from './words.js';

/** When a kill happened, for a list of facts; undefined when the log did not say. */
export function timeFact({ time, report }: Incident): Message | undefined {
  const clock = clockTime(time, report);
  if (clock !== undefined) return say('value', { value: clock });
  const uptime = report.time?.uptimeSeconds;
  return uptime === undefined ? undefined : say('time.uptime', { time: seconds(uptime), seconds: uptime.toFixed(3) });
}

/** When a kill happened, inside the headline; says nothing when the log did not. */
export function timePhrase({ time, report }: Incident): Message {
  const clock = clockTime(time, report);
  if (clock !== undefined) return say('headline.when.wall-clock', { time: clock });
  const uptime = report.time?.uptimeSeconds;
  return uptime === undefined ? say('headline.when.unknown') : say('headline.when.uptime', { time: seconds(uptime) });
}

/**
 * When a kill happened, for a column of a table: `2024-05-01 12:00:03Z`, or the time since boot as `+6d 17:10:37`. `short`
 * leaves the year out.
 */
export function timeCell({ time, report }: Incident, short = false): Message {
  const clock = clockTime(time, report);
  if (clock !== undefined) {
    const full = clock.replace(/ UTC$/, 'Z');
    return say('value', { value: short ? full.replace(/^\d{4}-(?=\d\d-\d\d \d)/, '') : full });
  }
  const uptime = report.time?.uptimeSeconds;
  return uptime === undefined ? say('none') : say('value', { value: `+${formatUptimeClock(uptime)}` });
}

/** The time of day, or the log's own stamp where that has no year. */
function clockTime(time: Incident['time'], { time: logTime }: OomReport): string | undefined {
  const wallClock = time ?? logTime?.wallClock;
  return wallClock === undefined ? logTime?.stamp : formatWallClock(wallClock);
}
