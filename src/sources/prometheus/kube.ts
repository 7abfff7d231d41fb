import { present, type Timeline, type TimelineEnd } from '../../model/index.js';
import type { Series } from './api.js';
import { risesOf, stepsOf } from './lives.js';
import { KUBE } from './metrics.js';

/** What kube-state-metrics tells of one container. */
export interface KubeFacts {
  readonly limits: Timeline['limits'];
  readonly requests: Timeline['requests'];
  readonly ends: readonly TimelineEnd[];
  readonly restarts?: number;
}

export const nothingOfKube: KubeFacts = { limits: [], requests: [], ends: [] };

/** Reads the series of kube-state-metrics about one container. */
export function kubeFacts(series: readonly Series[]): KubeFacts {
  const named = (name: RegExp): readonly Series[] => series.filter(({ labels }) => name.test(labels.__name__ ?? ''));
  const memory = (name: RegExp): Series[] =>
    named(name).filter(({ labels }) => labels.resource === undefined || labels.resource === 'memory');
  // Several instances count the same restarts: the one that counted most saw most.
  const rises = named(KUBE.restarts)
    .map(risesOf)
    .reduce<ReturnType<typeof risesOf>>((most, found) => (found.length > most.length ? found : most), []);
  const counted = named(KUBE.restarts).length > 0;
  return {
    limits: stepsOf(memory(KUBE.limit)),
    requests: stepsOf(memory(KUBE.request)),
    ends: terminations(named(KUBE.terminatedAt), rises, named(KUBE.reason), named(KUBE.exitCode)),
    ...(counted ? { restarts: rises.reduce((sum, { by }) => sum + by, 0) } : {}),
  };
}

/** Ends of the container: at the times Kubernetes reports, else somewhere before a restart was counted. */
function terminations(
  times: readonly Series[],
  rises: readonly { readonly atSeconds: number; readonly withinSeconds: number }[],
  reasons: readonly Series[],
  exitCodes: readonly Series[],
): TimelineEnd[] {
  const described = (seenAt: number) => {
    const reason = reasons.find((one) => valueAt(one, seenAt) === 1)?.labels.reason;
    const exitCode = exitCodes.map((one) => valueAt(one, seenAt)).find((value) => value !== undefined);
    return present({ reason, exitCode });
  };
  const reported = new Map<number, TimelineEnd>();
  for (const { atSeconds, values } of times) {
    values.forEach((value, index) => {
      if (!reported.has(value))
        reported.set(value, { atSeconds: value, how: 'reported', kind: 'terminated', ...described(atSeconds[index] ?? 0) });
    });
  }
  if (reported.size > 0) return [...reported.values()].sort((a, b) => a.atSeconds - b.atSeconds);
  return rises.map(({ atSeconds, withinSeconds }) => ({
    atSeconds,
    how: 'between',
    withinSeconds,
    kind: 'terminated',
    ...described(atSeconds),
  }));
}

/** Kills in the container that ended it are told of once. */
export function endsOf(
  ends: readonly TimelineEnd[],
  oomEvents: readonly { readonly atSeconds: number; readonly withinSeconds: number }[],
): TimelineEnd[] {
  const others = oomEvents.filter(
    ({ atSeconds, withinSeconds }) =>
      !ends.some((end) => end.atSeconds <= atSeconds && end.atSeconds >= atSeconds - 2 * withinSeconds),
  );
  const events = others.map(
    ({ atSeconds, withinSeconds }): TimelineEnd => ({ atSeconds, withinSeconds, how: 'between', kind: 'oom-event' }),
  );
  return [...ends, ...events].sort((a, b) => a.atSeconds - b.atSeconds);
}

/** The value a series had last at a moment. */
function valueAt({ atSeconds, values }: Series, moment: number): number | undefined {
  const index = atSeconds.findLastIndex((at) => at <= moment);
  return index < 0 ? undefined : values[index];
}
