import type { Completeness, ReportSection } from '../../model/index.js';

export interface CompletenessFacts {
  readonly present: ReadonlySet<ReportSection>;
  /** Sections of which lines are known to be gone. */
  readonly partial: ReadonlySet<ReportSection>;
  readonly scope: 'memcg' | 'node' | 'unknown';
  /** The report ended as the kernel ends one: a kill, no killable process, or a panic. */
  readonly concluded: boolean;
}

const ALWAYS: readonly ReportSection[] = ['header', 'cpu', 'stack', 'task-table'];

/**
 * Which sections a report of this scope has (dump_header(), oom_kill_process()) and which of them the text lacks.
 * The cgroup is named by `Task in …` until 4.20 and by `oom-kill:` since 5.0: either will do.
 */
export function completenessOf(facts: CompletenessFacts): Completeness {
  const expected: ReportSection[] = [...ALWAYS];
  if (facts.scope === 'memcg') {
    expected.push('counters', 'statistics');
    if (!facts.present.has('limit') && !facts.present.has('oom-kill')) expected.push('oom-kill');
  }
  if (facts.scope === 'node') expected.push('mem-info');
  if (!facts.concluded || facts.present.has('killed')) expected.push('killed');
  return {
    present: SECTION_ORDER.filter((section) => facts.present.has(section)),
    missing: SECTION_ORDER.filter(
      (section) => expected.includes(section) && (!facts.present.has(section) || facts.partial.has(section)),
    ),
    truncatedStart: !facts.present.has('header'),
    truncatedEnd: !facts.concluded,
  };
}

const SECTION_ORDER: readonly ReportSection[] = [
  'header',
  'cpu',
  'stack',
  'limit',
  'counters',
  'statistics',
  'mem-info',
  'task-table',
  'oom-kill',
  'killed',
];
