import { type Diagnosis, type Message, nested } from '../../model/index.js';
import { mergeRanges } from './citation.js';
import { timeFact } from './time.js';
import { say } from './words.js';

/** A diagnosis with its number, counted from 1 in the order of the input. */
export interface NumberedDiagnosis {
  readonly number: number;
  readonly diagnosis: Diagnosis;
}

/** An incident and those that repeat it: same limit, same process, same first cause. A crash loop is one group. */
export interface IncidentGroup {
  readonly first: NumberedDiagnosis;
  readonly repeats: readonly NumberedDiagnosis[];
}

/** Groups incidents that tell the same story, in order of first appearance. */
export function groupRepeats(diagnoses: readonly Diagnosis[]): IncidentGroup[] {
  const groups = new Map<string, { first: NumberedDiagnosis; repeats: NumberedDiagnosis[] }>();
  diagnoses.forEach((diagnosis, index) => {
    const numbered = { number: index + 1, diagnosis };
    const story = storyOf(diagnosis);
    const group = groups.get(story);
    if (group === undefined) groups.set(story, { first: numbered, repeats: [] });
    else group.repeats.push(numbered);
  });
  return [...groups.values()];
}

/** A restarted container has a new id under the same pod, so the pod's UID comes before the path. */
function storyOf({ incident, accounting, causes }: Diagnosis): string {
  const { scope, container, limited, report, kubernetes } = incident;
  return JSON.stringify([
    report.host,
    scope,
    // Of an end that the kernel's log does not tell of, the container is all that is known.
    kubernetes?.hasKernelReport === false ? container?.containerName : undefined,
    limited?.level,
    limited?.podUid ?? report.oomMemcg?.path,
    limited?.containerName,
    accounting?.limitBytes,
    report.outcome,
    report.killed.map(({ comm }) => comm),
    causes[0]?.id,
  ]);
}

/** The incidents that repeat an earlier one, summed up. */
export function repeatMessages(repeats: readonly NumberedDiagnosis[]): Message[] {
  const last = repeats.at(-1);
  const lastTime = last === undefined ? undefined : timeFact(last.diagnosis.incident);
  return [
    say('repeats.same', { count: repeats.length }),
    say('repeats.numbers', { numbers: mergeRanges(repeats.map(({ number }) => number)).join(',') }),
    ...(lastTime === undefined ? [] : [say('repeats.last', { time: nested(lastTime) })]),
  ];
}
