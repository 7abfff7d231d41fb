import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recommendSize } from '../../../src/diagnosis/sizing/recommend-size.js';
import type { ContainerSize } from '../../../src/model/index.js';
import { PrometheusApi } from '../../../src/sources/prometheus/api.js';
import { connectPrometheus } from '../../../src/sources/prometheus/connect.js';
import { readWorkload } from '../../../src/sources/prometheus/workload.js';
import { MIB, type Moment, type Scenario } from '../../support/incident-series.js';
import { type MetricsServer, skipServer, startPrometheus, startVictoriaMetrics } from '../../support/metrics-servers.js';
import { openMetrics, type Subject, type Told } from '../../support/metrics-text.js';

const END = 1_780_000_000;
const WEEK = 7 * 86_400;
const window = { fromSeconds: END - WEEK, toSeconds: END };

/** A week at 200 MiB of anon memory, with cache that comes and goes, and more of something in some seconds of it. */
function week(more: (second: number) => Partial<Moment>): Scenario {
  return {
    limitBytes: 1024 * MIB,
    runs: [
      {
        seconds: WEEK,
        at: (second) => ({
          anon: 200 * MIB,
          kernel: 8 * MIB,
          file: 300 * MIB + 100 * MIB * Math.sin(second / 900),
          ...more(second),
        }),
      },
    ],
    reason: 'Completed',
  };
}

function subject(name: string, more: Partial<Subject> = {}): Subject {
  return { namespace: 'shop', pod: `${name}-0`, container: 'app', owner: { kind: 'StatefulSet', name }, ...more };
}

function told(name: string, scrape: number, scenario: Scenario, more: Partial<Subject> = {}): Told {
  return { subject: subject(name, more), scenario, sampling: { endSeconds: END, stepSeconds: scrape }, withoutKube: true };
}

const between = (from: number, to: number) => (second: number) => second >= from && second < to;
/** In the middle of the week, between two moments of a step. */
const MIDDLE = 4 * 86_400;
const tmpfs = between(MIDDLE + 60, MIDDLE + 240);
const kernel = between(MIDDLE + 70, MIDDLE + 100);
const batch = between(MIDDLE, MIDDLE + 3 * 3600);

const CASES = [
  told(
    'tmpfs',
    60,
    week((second) => (tmpfs(second) ? { shmem: 230 * MIB } : {})),
  ),
  told(
    'kernel',
    30,
    week((second) => (kernel(second) ? { kernel: 250 * MIB } : {})),
  ),
  told(
    'batch',
    60,
    week((second) => (batch(second) ? { anon: 420 * MIB } : {})),
  ),
  told(
    'calm',
    60,
    week(() => ({})),
  ),
  // Two scrapers: the one with fewer samples alone saw the spike.
  told(
    'pair',
    60,
    week(() => ({})),
    { external: { prometheus_replica: 'a' } },
  ),
  told(
    'pair',
    120,
    week((second) => (tmpfs(second) ? { shmem: 230 * MIB } : {})),
    { external: { prometheus_replica: 'b' } },
  ),
  // A pod that came and went between two steps.
  told(
    'short',
    60,
    week(() => ({})),
  ),
  {
    subject: { ...subject('short'), pod: 'short-1', uid: '99999999-0aa8-4e1c-9e8b-6f2b7e2b3d11' },
    scenario: { limitBytes: 1024 * MIB, runs: [{ seconds: 100, at: () => ({ anon: 500 * MIB }) }], reason: 'Completed' },
    sampling: { endSeconds: END - 3 * 86_400 - 120, stepSeconds: 20 },
    withoutKube: true,
  },
];

/** What the scenarios hold at most, of what cannot be reclaimed. */
const TRUTH = { tmpfs: 438, kernel: 450, batch: 428, calm: 208, pair: 438, short: 500 } as const;

const servers = [
  { name: 'prometheus', start: startPrometheus },
  { name: 'victoria-metrics', start: startVictoriaMetrics },
] as const;

describe.each(servers.map((server) => ({ ...server, skip: skipServer(server.name) })))('with $name', ({ start, skip }) => {
  let server: MetricsServer;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    if (!skip) server = await start(openMetrics(CASES));
  });
  afterAll(async () => {
    for (const connection of opened) await connection.close();
    await server?.stop();
  });

  async function sized(name: string, url = server.url): Promise<ContainerSize> {
    const connection = connectPrometheus(url);
    opened.push(connection);
    const history = await readWorkload(new PrometheusApi(connection), { namespace: 'shop', kind: 'StatefulSet', name }, window);
    const size = recommendSize('app', history.timelines, { percentile: 0.99, margin: 0.15, stepSeconds: history.stepSeconds });
    if ('why' in size) throw new Error(size.why.key);
    return size;
  }

  const keys = ({ doubts }: ContainerSize): string[] => doubts.map(({ key }) => key);

  it.skipIf(skip).each(Object.entries(TRUTH))('the limit of %s is above the highest sample of all', async (name, highest) => {
    const size = await sized(name);
    expect(size.peakBytes / MIB).toBeCloseTo(highest, 0);
    expect(size.limit.bytes).toBeGreaterThanOrEqual(highest * MIB * 1.15);
    expect(size.peakFrom).toBe('samples');
  });

  it.skipIf(skip)('it is surer of a peak that many samples show, and gives one that few show a larger margin', async () => {
    expect(await sized('calm')).toMatchObject({ confidence: 'high', limit: { factor: 1.15 }, scrapeSeconds: 60 });
    for (const name of ['tmpfs', 'kernel']) {
      const spiky = await sized(name);
      expect(spiky).toMatchObject({ confidence: 'medium', limit: { factor: 1.3 } });
      expect(keys(spiky)).toEqual(expect.arrayContaining(['size.doubt.rare', 'size.doubt.few-samples']));
    }
    expect((await sized('kernel')).scrapeSeconds).toBe(30);
    const batched = await sized('batch');
    expect(batched).toMatchObject({ limit: { factor: 1.15 } });
    expect(keys(batched)).not.toContain('size.doubt.few-samples');
  });

  it.skipIf(skip)('it says how many samples the server holds', async () => {
    const { samples, heldSamples = 0, stepSeconds } = await sized('calm');
    expect(stepSeconds).toBe(300);
    expect(samples).toBeLessThan(2020);
    expect(heldSamples).toBeGreaterThan(10_050);
    expect(heldSamples).toBeLessThan(10_110);
  });

  /** The server behind a proxy that answers as the test says where it does. */
  async function behind<T>(
    refusal: (query: string) => { status: number; error: string } | undefined,
    use: (url: string, queries: string[]) => Promise<T>,
  ): Promise<T> {
    const queries: string[] = [];
    const proxy = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const { pathname, searchParams } = new URL(`${request.url}`, 'http://proxy');
        const form = body === '' ? searchParams : new URLSearchParams(body);
        const query = form.get('query') ?? '';
        queries.push(query);
        const refused = refusal(query);
        if (refused !== undefined) {
          response
            .writeHead(refused.status)
            .end(JSON.stringify({ status: 'error', errorType: 'execution', error: refused.error }));
          return;
        }
        void fetch(`${server.url}${pathname}`, { method: 'POST', body: form }).then(async (answer) => {
          response.writeHead(answer.status).end(await answer.text());
        });
      });
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    try {
      return await use(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, queries);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  }

  it.skipIf(skip).each([
    ['refuses subqueries', 422, 'subqueries are not allowed'],
    [
      'has bounds that every subquery exceeds',
      422,
      'query processing would load too many samples into memory in query execution',
    ],
  ])('it stays above the highest sample where a server %s, and is not sure', async (_, status, error) => {
    const refusal = (query: string) => (/\[\d+s:\d+s\]/.test(query) ? { status, error } : undefined);
    await behind(refusal, async (url, queries) => {
      for (const name of ['tmpfs', 'kernel', 'calm'] as const) {
        const size = await sized(name, url);
        expect(size.limit.bytes).toBeGreaterThanOrEqual(TRUTH[name] * MIB * 1.15);
        expect(size).toMatchObject({ peakFrom: 'bounds', confidence: 'medium' });
        expect(keys(size)).toContain('size.doubt.bounds');
      }
      expect(queries.length).toBeLessThan(100);
    });
  });

  it.skipIf(skip)('it asks in parts where the whole is too much for the server', async () => {
    const seen = new Set<number>();
    const refusal = (query: string) => {
      // The first of each kind of range query is too much.
      const kind = query.startsWith('max_over_time((') ? 1 : query.startsWith('{') ? 2 : 0;
      if (kind === 0 || seen.has(kind)) return undefined;
      seen.add(kind);
      return { status: 422, error: 'query processing would load too many samples into memory' };
    };
    await behind(refusal, async (url, queries) => {
      expect(await sized('tmpfs', url)).toEqual(await sized('tmpfs'));
      expect(seen.size).toBe(2);
      expect(queries.length).toBeLessThan(30);
    });
  });
});
