import { bytes, type Cause, type Message, type OomReport } from '../../model/index.js';
import { formatConfidence } from '../../words/format/number.js';
import { completenessValues, isComplete } from './facts.js';
import type { IncidentGroup } from './repeats.js';
import { say, type Words } from './words.js';

/** The killed process for a column of a table; `+2` when two more were killed with it. */
export function victimCell({ killed }: OomReport): Message {
  const [victim, ...others] = killed;
  if (victim === undefined) return say('none');
  const who = { comm: victim.comm, pid: String(victim.pid) };
  return others.length === 0 ? say('killed.short', who) : say('killed.short-more', { ...who, more: others.length });
}

/** The same without the process id. */
export function victimName({ killed }: OomReport): Message {
  const [victim, ...others] = killed;
  if (victim === undefined) return say('none');
  return others.length === 0
    ? say('value', { value: victim.comm })
    : say('killed.name-more', { comm: victim.comm, more: others.length });
}

/** Usage and limit of the memory counter as the report prints them, for a column. */
export function usageCell({ counters }: OomReport): Message {
  const { memory } = counters;
  if (memory === undefined) return say('none');
  const usage = bytes(memory.usageBytes);
  if (memory.limitBytes === undefined) return say('value', { value: usage });
  return say('usage.of-limit', { usage, limit: bytes(memory.limitBytes) });
}

/** Whether the log holds the whole report; `named` adds what is missing. */
export function completenessCell(report: OomReport, named: boolean, words: Words): string {
  const [, ...reasons] = completenessValues(report);
  if (isComplete(report)) return words.label('report.short.complete');
  return words.list([say('report.short.partial'), ...(named ? reasons : [])]);
}

/** The first cause's name after its confidence. */
export function causeCell([cause]: readonly Cause[], words: Words): string {
  if (cause === undefined) return words.label('none');
  return `${formatConfidence(cause.confidence)} ${words.label(`cause-name.${cause.id}`)}`;
}

/** An incident's number, and how often its story is told in all: `2 ×3`. */
export function numberCell({ first, repeats }: IncidentGroup): string {
  return repeats.length === 0 ? String(first.number) : `${first.number} ×${repeats.length + 1}`;
}
