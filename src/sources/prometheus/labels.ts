import { identifyCgroup } from '../cgroup/identity.js';
import { groupBy } from './group.js';
import { equals, literal, matches } from './metrics.js';

export type Labels = Readonly<Record<string, string>>;

/** Labels that series must have. A name that is there twice may have either value; the empty value is that of a label not there. */
export type LabelChoice = readonly (readonly [name: string, value: string])[];

/** By these cAdvisor and the kubelet tell one container from another; all others come from the scrape, or are external. */
export const CONTAINER_LABEL =
  /^(?:__name__|id|name|image|(?:exported_)?(?:namespace|pod|container)|(?:pod|container)_name|container_label_.+)$/;
/** A choice as matchers of PromQL. */
export function matchersOf(choice: LabelChoice): string[] {
  return [...groupBy(choice, ([name]) => name)].map(([name, pairs]) => {
    const [first = '', ...others] = new Set(pairs.map(([, value]) => value));
    return others.length === 0 ? equals(name, first) : matches(name, [first, ...others].map(literal).join('|'));
  });
}

/** The labels that series of the same scrape have, whatever their container: what they all are, or one of what they are. */
export function scrapeChoice(series: readonly { readonly labels: Labels }[]): LabelChoice {
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)).filter((name) => !CONTAINER_LABEL.test(name)));
  const pairs = [...names].flatMap((name) => series.map(({ labels }) => [name, labels[name] ?? ''] as const));
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}

/** The UID of the pod in whose cgroup a container runs; undefined where the path does not tell. */
export function podUidOf(labels: Labels): string | undefined {
  const uid = labels.id === undefined ? undefined : identifyCgroup(labels.id).podUid?.replaceAll('_', '-');
  return uid === '' ? undefined : uid;
}
