/** What `oomkit lab fit` finds, and how it came to that. */
export const labFit = {
  'fit.running': 'run {turn} of at most {most}, limit {limit}: {why}',
  'fit.running.no-limit': 'none',
  'fit.purpose.measure': 'what it uses',
  'fit.purpose.need': 'near what it needs',
  'fit.purpose.edge': 'whether less will do',
  'fit.purpose.again': 'once more',
  'fit.purpose.pace': 'whether this slows it',
  'fit.outcome.succeeded': 'ok',
  'fit.outcome.oom': 'OOM',
  'fit.outcome.failed': 'failed',

  'fit.verdict.smallest': '{command} succeeds with a limit of {limit}.',
  'fit.verdict.not-slowed': 'That limit does not slow it by more than {slowdown}.',
  'fit.verdict.unhurried': 'From {limit} on it is not slowed by more than {slowdown}.',
  'fit.end.failed-at-once': '{how} That is no OOM kill: the command itself fails, and nothing can be said of its memory.',
  'fit.end.failed-later':
    '{how} It was not OOM-killed, but its limit was {limit}, and it had succeeded before. A program that sizes itself by its limit (Java, Node.js) fails so, and one that is refused memory, and one that needs a --reset. Runs at other limits would not tell these apart: the search ends here.',
  'fit.end.oom-without-limit':
    '{command} was OOM-killed although no limit was set: the limit of a cgroup above, or the machine, is too small for it.',
  'fit.end.oom-at-most': '{command} was OOM-killed with {limit}, the largest limit allowed (--to).',
  'fit.end.out-of-runs': 'The search ended after {count|run|runs}, as many as allowed: the answer is partial.',
  'fit.end.interrupted': 'Interrupted after {count|run|runs}: the answer is partial.',
  'fit.end.broken': 'A run could not be made after {count|run|runs}: the answer is partial.',

  'fit.fact.smallest': 'Smallest limit',
  'fit.fact.unhurried': 'Unhurried limit',
  'fit.fact.time': 'Time',
  'fit.edge.need': '{limit}, {shown}; killed with {below}',
  'fit.edge.pace': '{limit}, {shown}; slowed with {below}',
  'fit.edge.alone': '{limit}, {shown}',
  'fit.edge.runs': '{count|run|runs}',
  'fit.edge.implied': 'not tried, but no more was ever charged',
  'fit.time': '{usual} when no limit is met; up to {allowed} is not called slowed ({slowdown} and 20 ms more)',
  'fit.request.unhurried': '{size}: the smallest limit that does not slow it, {basis}, rounded up',
  'fit.request.smallest': '{size}: the smallest limit at which it succeeds, {basis}, rounded up',
  'fit.limit.seen':
    '{size}: {basis} and a margin of {margin} are {sum}, rounded up (equal runs differed by {variation} in what they needed)',
  'fit.limit.unseen': '{size}: {basis} and a margin of {margin} are {sum}, rounded up (no two runs were equal)',

  'fit.doubt.need-open': 'The smallest limit lies between {below} and {limit}; more runs (--max-runs) tell it closer.',
  'fit.doubt.need-below': 'It may do with less than {limit}; more runs (--max-runs) tell it closer.',
  'fit.doubt.need-untried': 'A limit of {limit} was not tried.',
  'fit.doubt.need-once': 'A limit of {limit} was tried once: it may have been luck.',
  'fit.doubt.need-varies':
    'It was killed with {killed} and lived with {lived}: what it needs differs from run to run, and may at times be more than was seen.',
  'fit.doubt.variation': 'Equal runs differed by {variation} in what they needed.',
  'fit.doubt.pace-unknown': 'No limit was found that does not slow it.',
  'fit.doubt.pace-open': 'The smallest limit that does not slow it lies between {below} and {limit}.',
  'fit.doubt.pace-below': 'A limit below {limit} may not slow it either.',
  'fit.doubt.pace-untried': 'A limit of {limit} was not tried: no run without a limit was charged more.',
  'fit.doubt.noise':
    'Equal runs differed by {noise} in time, more than the {slowdown} looked for: what was called slowed may have been chance.',
  'fit.doubt.short': 'It takes {time} only: its memory is sampled a few times, and its time is mostly that of starting.',
  'fit.doubt.first-met-limit':
    'The run that all are compared with met its own limit of {limit} (--to): it may have been slowed itself.',
  'fit.doubt.disk':
    'At the smallest limit {waiting} waited for the disk at the worst moment: a slower disk needs more. oomkit guard bounds that.',

  'fit.heading.curve': 'Time by limit',
  'fit.heading.runs': 'Runs',
  'fit.curve.legend':
    '● succeeded, ✗ did not; the run without a limit stands at the right. Limits grow by equal ratios; times between runs are drawn, not measured.',
  'fit.column.run': 'run',
  'fit.column.outcome': 'outcome',
  'fit.column.of-usual': 'of usual',
  'fit.column.why': 'to learn',
} as const;
