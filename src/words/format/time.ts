import type { Language } from '../language.js';
import { catalogue } from '../messages/index.js';

/** A duration in its two largest units: `6 d 17 h`, `3 min 20 s`, `12.3 s`, `0.25 s`. */
export function formatSeconds(seconds: number, lang: Language): string {
  const words = catalogue(lang);
  const length = Math.abs(seconds);
  const sign = seconds < 0 ? '-' : '';
  const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
    `${sign}${large}${largeUnit}${small === 0 ? '' : ` ${small}${smallUnit}`}`;
  if (length < 59.95) return `${sign}${Number(length.toFixed(length < 1 ? 2 : 1))}${words['unit.second']}`;
  const whole = Math.round(length);
  if (whole < 3600) return pair(Math.floor(whole / 60), words['unit.minute'], whole % 60, words['unit.second']);
  const minutes = Math.round(length / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), words['unit.hour'], minutes % 60, words['unit.minute']);
  const hours = Math.round(length / 3600);
  return pair(Math.floor(hours / 24), words['unit.day'], hours % 24, words['unit.hour']);
}

/** Seconds since boot as a clock, for columns: `6d 17:10:37`. */
export function formatUptimeClock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(whole / 86400);
  return `${days > 0 ? `${days}d ` : ''}${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** An ISO 8601 time for reading, to the second: `2024-05-01 12:00:03 UTC`; a time without a zone stays without one. */
export function formatWallClock(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(time);
  if (match === null) return time;
  const [, date = '', clock = '', zone] = match;
  const zoneText = zone === undefined ? '' : zone === 'Z' || /^[+-]00:?00$/.test(zone) ? ' UTC' : ` ${zone}`;
  return `${date} ${clock}${zoneText}`;
}
