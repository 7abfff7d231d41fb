import type { Workload, WorkloadKind } from '../sources/prometheus/workload.js';
import { UsageError } from './usage-error.js';

/** A workload as the command line names it, with the kind as kubectl abbreviates it. */
export interface NamedWorkload extends Workload {
  readonly shortKind?: string;
}

/** kubectl's names and short names of the kinds, and the one shown. */
const KINDS: readonly (readonly [kind: WorkloadKind, short: string, spelling: RegExp])[] = [
  ['Deployment', 'deploy', /^deploy(?:ments?)?$/],
  ['StatefulSet', 'sts', /^(?:sts|statefulsets?)$/],
  ['DaemonSet', 'ds', /^(?:ds|daemonsets?)$/],
  ['ReplicaSet', 'rs', /^(?:rs|replicasets?)$/],
  ['CronJob', 'cronjob', /^(?:cj|cronjobs?)$/],
  ['Job', 'job', /^jobs?$/],
  ['Pod', 'pod', /^(?:po|pods?)$/],
];

/** Reads `NS/NAME`, `KIND/NAME` with -n, or `NS/KIND/NAME`. With -n the word before a single slash is a kind. Throws a UsageError. */
export function workloadOf(
  text: string,
  { namespace, container }: { readonly namespace?: string; readonly container?: string },
): NamedWorkload {
  const words = text.split('/');
  const [first = '', second = '', third] = words;
  const isBad = words.length > 3 || words.some((word) => !/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(word));
  if (isBad) throw new UsageError(`'${text}' is no workload: give NAMESPACE/NAME, KIND/NAME with -n, or NAMESPACE/KIND/NAME`);
  const own = container === undefined ? {} : { container };
  if (namespace === undefined) {
    if (words.length === 1)
      throw new UsageError(`the namespace of '${text}' is missing: give -n NAMESPACE, or NAMESPACE/${text}`);
    return third === undefined
      ? { namespace: first, name: second, ...own }
      : { namespace: first, ...kindOf(second), name: third, ...own };
  }
  if (words.length === 3) throw new UsageError(`'${text}' names a namespace, and so does -n`);
  return words.length === 1 ? { namespace, name: first, ...own } : { namespace, ...kindOf(first), name: second, ...own };
}

function kindOf(word: string): { kind: WorkloadKind; shortKind: string } {
  const found = KINDS.find(([, , spelling]) => spelling.test(word));
  if (found === undefined)
    throw new UsageError(`'${word}' is no kind of workload: ${KINDS.map(([, short]) => short).join(', ')}`);
  return { kind: found[0], shortKind: found[1] };
}
