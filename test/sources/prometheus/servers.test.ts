import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeGrowth } from '../../../src/diagnosis/growth/judge.js';
import { PrometheusApi } from '../../../src/sources/prometheus/api.js';
import { connectPrometheus } from '../../../src/sources/prometheus/connect.js';
import { readTimelines } from '../../../src/sources/prometheus/timeline.js';
import { readWorkload } from '../../../src/sources/prometheus/workload.js';
import { MIB, type Sampling, scenarios } from '../../support/incident-series.js';
import { type MetricsServer, skipServer, startPrometheus, startVictoriaMetrics } from '../../support/metrics-servers.js';
import { containerId, openMetrics, type Subject, type Told } from '../../support/metrics-text.js';

const END = 1_780_000_000;
const sampling: Sampling = { endSeconds: END, stepSeconds: 30, noise: 0.01, missing: 0.03 };
const window = { fromSeconds: END - 86_400, toSeconds: END + 300 };

function subjectOf(name: string): Subject {
  return { namespace: 'shop', pod: `${name}-7d4f9c5b6d-x2k7p`, container: 'app', owner: { kind: 'Deployment', name } };
}

const told: readonly Told[] = [
  ...Object.entries(scenarios).map(([name, scenario]) => ({ subject: subjectOf(name), scenario, sampling })),
  // A second scraper with half the samples.
  {
    subject: { ...subjectOf('leak'), instance: '10.0.0.8:10250' },
    scenario: scenarios.leak,
    sampling: { ...sampling, stepSeconds: 60 },
    withoutKube: true,
  },
  // A pod of another workload whose name begins alike.
  { subject: { ...subjectOf('leak-api'), pod: 'leak-api-x7k2p' }, scenario: scenarios.leak, sampling, withoutKube: true },
];

const servers = [
  { name: 'prometheus', start: startPrometheus },
  { name: 'victoria-metrics', start: startVictoriaMetrics },
] as const;

describe.each(servers.map((server) => ({ ...server, skip: skipServer(server.name) })))('$name', ({ start, skip }) => {
  let server: MetricsServer;
  let api: PrometheusApi;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    if (skip) return;
    server = await start(openMetrics(told));
    const connection = connectPrometheus(server.url);
    opened.push(connection);
    api = new PrometheusApi(connection);
  });
  afterAll(async () => {
    for (const connection of opened) await connection.close();
    await server?.stop();
  });

  it.skipIf(skip).each(Object.keys(scenarios) as (keyof typeof scenarios)[])(
    'has the history of %s, and it is judged right',
    async (name) => {
      const { namespace, pod, container } = subjectOf(name);
      const timelines = await readTimelines(api, { namespace, pod, container }, window);
      expect(timelines).toHaveLength(1);
      const [timeline] = timelines;
      if (timeline === undefined) return;
      expect(timeline).toMatchObject({ namespace, pod, container, resolutionSeconds: 30, source: server.url });
      expect(timeline.lives).toHaveLength(scenarios[name].runs.length);
      expect(timeline.limits).toEqual([{ atSeconds: expect.any(Number), bytes: 512 * MIB }]);
      expect(timeline.requests[0]?.bytes).toBe(256 * MIB);
      expect(timeline.ends.at(-1)).toMatchObject({ atSeconds: END, how: 'reported', reason: 'OOMKilled', exitCode: 137 });
      expect(judgeGrowth(timeline).pattern).toBe(name === 'shmem-leak' ? 'leak' : name === 'spike-unseen' ? 'spike' : name);
    },
  );

  it.skipIf(skip)('finds a run by the id of its container alone', async () => {
    const subject = subjectOf('leak');
    const [timeline, ...others] = await readTimelines(api, { containerId: containerId(subject, 1) }, window);
    expect(others).toEqual([]);
    expect(timeline).toMatchObject({ namespace: 'shop', pod: subject.pod, container: 'app' });
    expect(timeline?.lives.map(({ containerId: id }) => id)).toEqual([containerId(subject, 1)]);
    expect(timeline?.notes.map(({ key }) => key)).toContain('history.note.scrapers');
  });

  it.skipIf(skip)('gives nothing for what it does not know', async () => {
    expect(await readTimelines(api, { namespace: 'shop', pod: 'absent' }, window)).toEqual([]);
    expect(await readTimelines(api, { namespace: 'sh"op\\', pod: 'x"} or vector(1) or {y="' }, window)).toEqual([]);
    const absent = await readWorkload(api, { namespace: 'shop', name: 'absent' }, window);
    expect(absent.timelines).toEqual([]);
  });

  it.skipIf(skip)('finds the pods of a workload by their owner', async () => {
    const history = await readWorkload(api, { namespace: 'shop', kind: 'Deployment', name: 'leak' }, window);
    expect(history.foundBy).toBe('owner');
    expect(history.timelines.map(({ pod }) => pod)).toEqual([subjectOf('leak').pod]);
    expect(history.timelines[0]?.peaks?.how).toBe('samples');
  });

  it.skipIf(skip)('says what it refuses', async () => {
    await expect(api.query('container_memory_rss{', END)).rejects.toMatchObject({ code: 'refused' });
  });
});
