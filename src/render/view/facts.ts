import {
  type Incident,
  type KilledProcess,
  type Message,
  nested,
  type OomReport,
  type Provenance,
  type ReportSection,
} from '../../model/index.js';
import { mergeRanges, sourceName } from './citation.js';
import { clusterFacts } from './cluster-facts.js';
import type { Fact } from './fact.js';
import { describeIdentity, limitOwner } from './identity.js';
import { timeFact } from './time.js';
import { say } from './words.js';

/** Commands, and ranges of process ids, named in one fact before the rest is left out. */
const MOST_COMMANDS = 5;

/** What is known of an incident beside its memory, in reading order. `wide` adds what only some readers need. */
export function incidentFacts(incident: Incident, wide: boolean): Fact[] {
  const { report, container, limited } = incident;
  const at = (...lines: (number | undefined)[]): Provenance[] =>
    lines.filter((line) => line !== undefined).map((line) => ({ source: report.source, line }));
  const facts: (Fact | undefined)[] = [
    killedFact(report, at),
    fact('fact.followed', processList(report.followingKills), at(...report.followingKills.map(({ line }) => line))),
    container === undefined ? undefined : fact('fact.container', describeIdentity(container), at(report.taskMemcg?.line)),
    limitOfFact(incident, at),
    report.oomMemcg !== undefined && (wide || limited === undefined || limited.level === 'other')
      ? fact('fact.cgroup', [say('value', { value: report.oomMemcg.path })], at(report.oomMemcg.line))
      : undefined,
    wide ? invokerFact(report, at) : undefined,
    timeFactOf(incident),
    report.host === undefined ? undefined : fact('fact.host', [say('value', { value: report.host })]),
    incident.kernel === undefined
      ? undefined
      : fact('fact.kernel', [say('value', { value: incident.kernel })], at(report.kernel?.line)),
    ...(incident.kubernetes === undefined ? [] : clusterFacts(incident.kubernetes)),
    incident.kubernetes?.hasKernelReport === false ? undefined : fact('fact.log', logValues(report)),
    report.suppressed === undefined
      ? undefined
      : fact('fact.suppressed', [say('suppressed.reports', { count: report.suppressed.count })], at(report.suppressed.line)),
  ];
  return facts.filter((entry) => entry !== undefined && entry.values.length > 0) as Fact[];
}

/** Whether the log holds every part the report is expected to have. */
export function isComplete({ completeness }: OomReport): boolean {
  return completeness.missing.length === 0 && !completeness.truncatedStart && !completeness.truncatedEnd;
}

/** How much of a report the log holds: the verdict, then the reasons. */
export function completenessValues(report: OomReport): Message[] {
  if (isComplete(report)) return [say('report.complete')];
  const { present, missing, truncatedStart, truncatedEnd } = report.completeness;
  const nameOf = (id: ReportSection): Message =>
    present.includes(id) ? say('section.in-part', { section: nested(say(`section.${id}`)) }) : say(`section.${id}`);
  return [
    say('report.partial'),
    ...(truncatedStart ? [say('report.truncated-start')] : []),
    ...(truncatedEnd ? [say('report.truncated-end')] : []),
    ...(missing.length === 0 ? [] : [say('report.missing', { sections: nested(enumeration(missing.map(nameOf))) })]),
  ];
}

/** An enumeration as one message, for use inside another. */
export function enumeration(messages: readonly Message[]): Message {
  const [first, second, ...rest] = messages;
  if (first === undefined) return say('none');
  if (second === undefined) return first;
  const joined = say('list.pair', { first: nested(first), second: nested(second) });
  return rest.length === 0 ? joined : enumeration([joined, ...rest]);
}

type At = (...lines: (number | undefined)[]) => Provenance[];

function fact(label: Fact['label'], values: readonly Message[], from: readonly Provenance[] = []): Fact {
  return { label, values, from };
}

function killedFact(report: OomReport, at: At): Fact {
  const [victim, ...others] = report.killed;
  const from = at(...report.killed.map(({ line }) => line), report.groupKill?.line);
  const group = report.groupKill === undefined ? [] : [say('killed.group')];
  if (victim === undefined || others.length > 0) return fact('fact.killed', [...processList(report.killed), ...group], from);
  const row = report.taskTable?.rows.find(({ pid }) => pid === victim.pid);
  const uid = victim.uid ?? row?.uid;
  const oomScoreAdj = victim.oomScoreAdj ?? row?.oomScoreAdj;
  return fact(
    'fact.killed',
    [
      processName(victim),
      ...(uid === undefined ? [] : [say('killed.uid', { uid: String(uid) })]),
      ...(oomScoreAdj === undefined ? [] : [say('killed.oom-score-adj', { value: String(oomScoreAdj) })]),
      ...group,
    ],
    from,
  );
}

/** Processes by name; those of the same command together. */
function processList(processes: readonly KilledProcess[]): Message[] {
  const commands = new Map<string, [KilledProcess, ...KilledProcess[]]>();
  for (const process of processes) {
    const known = commands.get(process.comm);
    if (known === undefined) commands.set(process.comm, [process]);
    else known.push(process);
  }
  const named = [...commands.values()].slice(0, MOST_COMMANDS);
  const left = processes.length - named.reduce((sum, { length }) => sum + length, 0);
  const shown = named.map((group) => (group.length === 1 ? processName(group[0]) : sameCommand(group)));
  return left === 0 ? shown : [...shown, say('list.more', { count: left })];
}

function sameCommand([first, ...others]: readonly [KilledProcess, ...KilledProcess[]]): Message {
  const pids = mergeRanges([first, ...others].map(({ pid }) => pid));
  const shown = pids.slice(0, MOST_COMMANDS).join(' ') + (pids.length > MOST_COMMANDS ? ' …' : '');
  return say('killed.processes', { comm: first.comm, count: others.length + 1, pids: shown });
}

function processName({ comm, pid, from }: KilledProcess): Message {
  return say(from === 'selected' ? 'killed.only-selected' : 'killed.process', { comm, pid: String(pid) });
}

/** Whose limit was hit, where that is not the container itself. */
function limitOfFact(incident: Incident, at: At): Fact | undefined {
  const { limited, report } = incident;
  if (limited === undefined || limited.level === 'container' || limited.level === 'other') return undefined;
  const values = limited.level === 'pod' ? describeIdentity(limited) : [limitOwner(incident, true)];
  return fact('fact.limit-of', values, at(report.oomMemcg?.line));
}

function invokerFact({ invokedBy }: OomReport, at: At): Fact | undefined {
  if (invokedBy === undefined) return undefined;
  const { comm, pid, order, gfpFlags, gfpMask } = invokedBy;
  const flags = gfpFlags.length > 0 ? gfpFlags.join('|') : gfpMask;
  return fact(
    'fact.invoker',
    [
      pid === undefined ? say('value', { value: comm }) : say('invoker.process', { comm, pid: String(pid) }),
      ...(order === undefined ? [] : [say('invoker.allocation', { order: String(order) })]),
      ...(flags === undefined ? [] : [say('value', { value: flags })]),
    ],
    at(invokedBy.line),
  );
}

function timeFactOf(incident: Incident): Fact | undefined {
  const time = timeFact(incident);
  return time === undefined ? undefined : fact('fact.time', [time]);
}

function logValues(report: OomReport): Message[] {
  const place = `${sourceName(report.source)}:${report.firstLine}-${report.lastLine}`;
  return [say('value', { value: place }), ...completenessValues(report)];
}
