import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeGrowth } from '../../../src/diagnosis/growth/judge.js';
import { PrometheusApi } from '../../../src/sources/prometheus/api.js';
import { connectPrometheus } from '../../../src/sources/prometheus/connect.js';
import { PrometheusError } from '../../../src/sources/prometheus/error.js';
import { type KilledRun, readKilledRun } from '../../../src/sources/prometheus/killed-run.js';
import { readWorkload } from '../../../src/sources/prometheus/workload.js';
import { MIB, type Scenario, scenarios } from '../../support/incident-series.js';
import { type MetricsServer, skipServer, startPrometheus, startVictoriaMetrics } from '../../support/metrics-servers.js';
import { containerId, openMetrics, type Subject, type Told } from '../../support/metrics-text.js';

const END = 1_780_000_000;
const window = { fromSeconds: END - 86_400, toSeconds: END + 300 };
const A = '11111111-0aa8-4e1c-9e8b-6f2b7e2b3d11';
const B = '22222222-0aa8-4e1c-9e8b-6f2b7e2b3d22';

/** What every StatefulSet has in each cluster. */
function subject(name: string, cluster: Readonly<Record<string, string>>, more: Partial<Subject> = {}): Subject {
  return {
    namespace: 'shop',
    pod: `${name}-0`,
    container: 'app',
    owner: { kind: 'StatefulSet', name },
    external: cluster,
    ...more,
  };
}

function told(of: Subject, scenario: Scenario, more: Partial<Told['sampling']> = {}): Told {
  return { subject: of, scenario, sampling: { endSeconds: END, stepSeconds: 30, ...more } };
}

const inA = subject('multi', { cluster: 'A' }, { uid: A });
const inB = subject('multi', { cluster: 'B' }, { uid: B });
const replaced = subject('replaced', {}, { uid: A });
const replica = subject('replica', { prometheus: 'monitoring/a' }, { uid: A });
const nameless = subject('nameless', {}, { withoutId: true, uid: A });
const namelessA = subject('both', { cluster: 'A' }, { withoutId: true, uid: A });
const namelessB = subject('both', { cluster: 'B' }, { withoutId: true, uid: B });
const larger: Scenario = { ...scenarios.leak, limitBytes: 2048 * MIB };

const CASES: readonly Told[] = [
  told(inA, scenarios['spike-unseen']),
  told(inB, larger),
  // The same pod name, before: another pod of the StatefulSet.
  told(subject('replaced', {}, { uid: B }), scenarios['spike-unseen'], { endSeconds: END - 4 * 3600 - 600 }),
  told(replaced, scenarios.leak),
  // Two scrapers of one cluster.
  told(replica, scenarios.leak),
  told({ ...replica, external: { prometheus: 'monitoring/b' } }, scenarios.leak, { stepSeconds: 60 }),
  told(nameless, scenarios.leak),
  told(namelessA, scenarios.leak),
  told(namelessB, scenarios.leak),
  // Labels of no usual name.
  told(subject('odd', { source: 'east' }, { uid: A, instance: '10.1.0.7:10250' }), scenarios.leak),
  told(subject('odd', { source: 'west' }, { uid: B, instance: '10.2.0.7:10250' }), scenarios.leak),
];

const servers = [
  { name: 'prometheus', start: startPrometheus },
  { name: 'victoria-metrics', start: startVictoriaMetrics },
] as const;

describe.each(servers.map((server) => ({ ...server, skip: skipServer(server.name) })))(
  'of several clusters, $name',
  ({ start, skip }) => {
    let server: MetricsServer;
    let api: PrometheusApi;
    let close = async (): Promise<void> => undefined;

    beforeAll(async () => {
      if (skip) return;
      server = await start(openMetrics(CASES));
      const connection = connectPrometheus(server.url);
      close = () => connection.close();
      api = new PrometheusApi(connection);
    });
    afterAll(async () => {
      await close();
      await server?.stop();
    });

    const runOf = (of: Subject, run = 0): KilledRun => ({ containerId: containerId(of, run), endedAtSeconds: END });
    const namesOf = ({ namespace, pod, container }: Subject) => ({ namespace, pod, container });
    const keys = (notes: readonly { readonly key: string }[] = []): string[] => notes.map(({ key }) => key);

    it.skipIf(skip)('shows the run whose container was killed, and nothing of the same name elsewhere', async () => {
      const { timeline } = await readKilledRun(api, runOf(inA), window);
      expect(timeline?.cluster).toEqual({ cluster: 'A' });
      expect(timeline?.lives.map(({ containerId: id }) => id)).toEqual([containerId(inA, 0)]);
      expect(timeline?.limits.map(({ bytes }) => bytes)).toEqual([512 * MIB]);
      expect(timeline?.ends).toHaveLength(1);
      expect(keys(timeline?.notes)).toContain('history.note.other-clusters');
      if (timeline === undefined) return;
      expect(judgeGrowth(timeline, END, containerId(inA, 0)).pattern).toBe('spike');
      const other = (await readKilledRun(api, runOf(inB, 1), window)).timeline;
      expect(other?.lives).toHaveLength(2);
      expect(other?.limits.map(({ bytes }) => bytes)).toEqual([2048 * MIB]);
    });

    it.skipIf(skip)('takes runs of the same pod for earlier ones, by its UID', async () => {
      const { timeline } = await readKilledRun(api, runOf(replaced, 1), window);
      expect(timeline?.lives.map(({ containerId: id }) => id)).toEqual([0, 1].map((run) => containerId(replaced, run)));
      expect(timeline?.ends.map(({ atSeconds }) => atSeconds)).toEqual([END - 7260, END]);
      expect(keys(timeline?.notes)).not.toContain('history.note.other-clusters');
    });

    it.skipIf(skip)('takes two scrapers of one container for no two clusters', async () => {
      const { timeline } = await readKilledRun(api, runOf(replica, 1), window);
      expect(timeline?.lives).toHaveLength(2);
      expect(timeline?.resolutionSeconds).toBe(30);
      expect(keys(timeline?.notes)).not.toContain('history.note.other-clusters');
      const size = await readWorkload(api, { namespace: 'shop', kind: 'StatefulSet', name: 'replica' }, window);
      expect(size.timelines).toHaveLength(1);
    });

    it.skipIf(skip)('finds a run by its names and its end where the metrics have no id, and says so', async () => {
      const run = { ...runOf(nameless, 1), names: namesOf(nameless), startedAtSeconds: END - 7200 };
      const { timeline, problem } = await readKilledRun(api, run, window);
      expect(problem).toBeUndefined();
      expect(timeline?.lives).toHaveLength(2);
      expect(keys(timeline?.notes)).toContain('history.note.by-names');
      if (timeline === undefined) return;
      expect(judgeGrowth(timeline, END, run.containerId)).toMatchObject({ pattern: 'leak', lives: 2 });
      const first = await readKilledRun(api, { ...run, startedAtSeconds: END - 14_460, endedAtSeconds: END - 7260 }, window);
      expect(first.timeline?.lives).toHaveLength(1);
    });

    it.skipIf(skip).each([
      ['ended at another time', { endedAtSeconds: END + 3600 }],
      ['was not started then', { startedAtSeconds: END - 600 }],
    ])('does not take one by its names that %s', async (_, more) => {
      const run = { ...runOf(nameless, 1), names: namesOf(nameless), ...more };
      expect(await readKilledRun(api, run, { ...window, toSeconds: END + 4000 })).toEqual({});
    });

    it.skipIf(skip)('does not choose a cluster by itself, and takes the one it is told', async () => {
      const run = { containerId: 'f'.repeat(64), names: namesOf(namelessA), endedAtSeconds: END };
      const { timeline, problem } = await readKilledRun(api, run, window);
      expect(timeline).toBeUndefined();
      expect(problem).toMatchObject({
        key: 'history.several-clusters',
        params: { clusters: { value: 'cluster=A, cluster=B' }, example: { value: 'cluster=A' } },
      });
      const chosen = await readKilledRun(api, run, window, [['cluster', 'B']]);
      expect(chosen.timeline?.cluster).toEqual({ cluster: 'B' });
      expect(chosen.timeline?.ends).toHaveLength(2);
    });

    const sized = (name: string, labels?: [string, string][]) =>
      readWorkload(api, { namespace: 'shop', kind: 'StatefulSet', name }, window, labels);

    async function refusal(name: string, labels?: [string, string][]) {
      const error: unknown = await sized(name, labels).then(
        () => undefined,
        (thrown) => thrown,
      );
      if (!(error instanceof PrometheusError)) throw new Error('not refused');
      return { code: error.code, clusters: error.problem.params.clusters };
    }

    it.skipIf(skip)('never sizes the pods of two clusters as one workload', async () => {
      expect(await refusal('multi')).toMatchObject({ code: 'several-clusters', clusters: { value: 'cluster=A, cluster=B' } });
      const one = await sized('multi', [['cluster', 'A']]);
      expect(one.timelines.map(({ cluster, limits }) => [cluster, limits.at(-1)?.bytes])).toEqual([
        [{ cluster: 'A' }, 512 * MIB],
      ]);
      expect((await sized('multi', [['cluster', 'C']])).timelines).toEqual([]);
      const both = await sized('multi', [
        ['cluster', 'A'],
        ['cluster', 'B'],
      ]);
      expect(both.timelines.map(({ limits }) => limits.at(-1)?.bytes)).toEqual([512 * MIB, 2048 * MIB]);
    });

    it.skipIf(skip)('sees two pods of one name at the same time, whatever the label', async () => {
      expect(await refusal('odd')).toMatchObject({ code: 'several-clusters', clusters: { value: 'source=east, source=west' } });
      expect((await sized('odd', [['source', 'west']])).timelines).toHaveLength(1);
      // A pod that took the name of one before is none of these.
      expect((await sized('replaced')).timelines).toHaveLength(1);
    });
  },
);
