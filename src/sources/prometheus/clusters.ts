import type { Series } from './api.js';
import { PrometheusError } from './error.js';
import { groupBy } from './group.js';
import { CONTAINER_LABEL, type LabelChoice, type Labels, podUidOf } from './labels.js';

/** Where one server has the series of several clusters, it tells them apart by labels of such names. */
const CLUSTER = /cluster|^(?:origin_)?prometheus$|^(?:tenant(?:_id)?|region|env|environment|stage|datacenter|dc|site)$/i;

/** Two pods of one name at one time for so long are of two clusters: of one, samples are taken for current for some minutes longer. */
const TWINS_SECONDS = 900;

/** Clusters that are named in a sentence. */
const MOST_SHOWN = 10;

/** Labels that differ from node to node of one cluster as well. */
const SCRAPE_TARGET = /^(?:instance|node|host(?:name)?)$/;

interface Labelled {
  readonly labels: Labels;
}

/** Series of as many clusters, each cluster's together. Those that share a cgroup are of one, however many scrapers saw it. */
export function groupByCluster<T extends Labelled>(series: readonly T[], chosen: LabelChoice = []): T[][] {
  const known = new Set(chosen.map(([name]) => name));
  const keyOf = ({ labels }: T): string =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([name]) => CLUSTER.test(name) && !CONTAINER_LABEL.test(name) && !known.has(name))
        .sort(),
    );
  let groups = [...groupBy(series, keyOf).values()].map((members) => ({ members, cgroups: cgroupsOf(members) }));
  for (const { cgroups } of [...groups]) {
    const same = groups.filter((group) => group.cgroups.some((id) => cgroups.includes(id)));
    if (same.length < 2) continue;
    const merged = {
      members: same.flatMap(({ members }) => members),
      cgroups: [...new Set(same.flatMap((group) => group.cgroups))],
    };
    groups = [...groups.filter((group) => !same.includes(group)), merged];
  }
  return groups.map(({ members }) => members);
}

function cgroupsOf(series: readonly Labelled[]): string[] {
  return [...new Set(series.flatMap(({ labels }) => labels.id ?? []))];
}

/** The labels of a cluster, those that the user chose by among them, as far as all of its series have the same. */
export function clusterLabels(series: readonly Labelled[], chosen: LabelChoice = []): Labels {
  const [first, ...others] = series.map(({ labels }) => labels);
  const tells = (name: string): boolean =>
    (CLUSTER.test(name) && !CONTAINER_LABEL.test(name)) || chosen.some(([one]) => one === name);
  const shared = Object.entries(first ?? {}).filter(
    ([name, value]) => tells(name) && others.every((labels) => labels[name] === value),
  );
  return Object.fromEntries(shared);
}

/** What tells clusters apart, as `--prometheus-label` takes it: one `name=value` for each of the first. */
export function distinguishing(clusters: readonly (readonly Labelled[])[]): string[] {
  const labels = clusters.map((series) => clusterLabels(series));
  const names = [...new Set(labels.flatMap((one) => Object.keys(one)))].sort(
    // One that names the cluster says more than where it is.
    (a, b) => Number(/cluster/i.test(b)) - Number(/cluster/i.test(a)),
  );
  const name = names.find((one) => new Set(labels.map((of) => of[one] ?? '')).size === labels.length) ?? names[0] ?? 'cluster';
  const values = [...new Set(labels.map((of) => `${name}=${of[name] ?? ''}`))].sort();
  return values.length > MOST_SHOWN ? [...values.slice(0, MOST_SHOWN), '…'] : values;
}

/** The labels of a cluster as a part of a timeline. */
export function clusterOf(series: readonly Labelled[], chosen: LabelChoice): { readonly cluster?: Labels } {
  const cluster = clusterLabels(series, chosen);
  return Object.keys(cluster).length === 0 ? {} : { cluster };
}

/** Pods of several clusters may bear the same names. Throws a PrometheusError `several-clusters` when series are of more than one. */
export function assertOneCluster(server: string, series: readonly Series[], chosen: LabelChoice): void {
  const clusters = groupByCluster(series, chosen);
  if (clusters.length > 1) throw severalClusters(server, distinguishing(clusters));
}

/** The same for the series of containers, each given with all of its own, where no label of a usual name tells clusters apart. */
export function assertNoTwins(server: string, containers: Iterable<readonly Series[]>): void {
  for (const series of containers) {
    const pods = groupBy(series, ({ labels }) => podUidOf(labels) ?? '');
    pods.delete('');
    const each = [...pods.values()];
    each.forEach((one, index) => {
      const twin = each.slice(index + 1).find((other) => commonSeconds(one, other) > TWINS_SECONDS);
      if (twin !== undefined) throw severalClusters(server, differing(one, twin));
    });
  }
}

/** From the first moment that both have a sample at to the last. */
function commonSeconds(one: readonly Series[], other: readonly Series[]): number {
  const moments = new Set(other.flatMap(({ atSeconds }) => atSeconds));
  const common = one.flatMap(({ atSeconds }) => atSeconds.filter((at) => moments.has(at))).sort((a, b) => a - b);
  return (common.at(-1) ?? 0) - (common[0] ?? 0);
}

/** A label that tells two pods apart, other than those of every container. */
function differing([one]: readonly Series[], [other]: readonly Series[]): string[] {
  const [a = {}, b = {}] = [one?.labels, other?.labels];
  const names = Object.keys({ ...a, ...b }).filter((name) => !CONTAINER_LABEL.test(name) && a[name] !== b[name]);
  const [name = 'cluster'] = names.sort((x, y) => Number(SCRAPE_TARGET.test(x)) - Number(SCRAPE_TARGET.test(y)));
  return [`${name}=${a[name] ?? ''}`, `${name}=${b[name] ?? ''}`];
}

function severalClusters(server: string, values: readonly string[]): PrometheusError {
  const [example = ''] = values;
  return new PrometheusError('several-clusters', server, { clusters: values.join(', '), example });
}
