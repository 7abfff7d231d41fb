import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A metrics server started for a test, filled and answering. */
export interface MetricsServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Whether the tests with this server are skipped: where its program is missing, except in CI, where that is a failure (.ci/run
 * installs it).
 */
export function skipServer(program: 'prometheus' | 'victoria-metrics'): boolean {
  const needed = program === 'prometheus' ? ['prometheus', 'promtool'] : [program];
  const missing = needed.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined);
  if (missing.length === 0) return false;
  if (process.env.CI === 'true') throw new Error(`tests of metrics servers cannot run: ${missing.join(', ')} not found`);
  console.warn(`tests of metrics servers are skipped: ${missing.join(', ')} not found`);
  return true;
}

/** A real Prometheus on a block that promtool made from OpenMetrics text. */
export async function startPrometheus(text: string): Promise<MetricsServer> {
  const directory = mkdtempSync(join(tmpdir(), 'oomkit-prometheus-'));
  try {
    const data = join(directory, 'data');
    mkdirSync(data);
    writeFileSync(join(directory, 'metrics.txt'), text);
    writeFileSync(join(directory, 'prometheus.yml'), 'global:\n  scrape_interval: 1h\n');
    // The hidden option of promtool makes one block of what would be hundreds.
    const blocks = [
      'tsdb',
      'create-blocks-from',
      '--max-block-duration=720h',
      'openmetrics',
      join(directory, 'metrics.txt'),
      data,
    ];
    execFileSync('promtool', blocks, { stdio: ['ignore', 'ignore', 'inherit'] });
    const address = `127.0.0.1:${await freePort()}`;
    const options = [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
      '--log.level=error',
    ];
    return await started(
      spawn('prometheus', options, { stdio: ['ignore', 'ignore', 'inherit'] }),
      `http://${address}`,
      '/-/ready',
      directory,
    );
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** A real VictoriaMetrics, filled through its import endpoint. */
export async function startVictoriaMetrics(text: string): Promise<MetricsServer> {
  const directory = mkdtempSync(join(tmpdir(), 'oomkit-victoria-'));
  const address = `127.0.0.1:${await freePort()}`;
  const options = [
    `-storageDataPath=${directory}`,
    `-httpListenAddr=${address}`,
    '-retentionPeriod=100y',
    '-loggerLevel=ERROR',
    '-search.latencyOffset=0s',
  ];
  const server = await started(
    spawn('victoria-metrics', options, { stdio: 'ignore' }),
    `http://${address}`,
    '/health',
    directory,
  );
  try {
    // The Prometheus text format has milliseconds where OpenMetrics has seconds.
    const body = text.replace(
      / (\d{10})(\.\d+)?$/gm,
      (_, whole: string, part = '') => ` ${Math.round(Number(whole + part) * 1000)}`,
    );
    await request(`${server.url}/api/v1/import/prometheus`, body);
    await request(`${server.url}/internal/force_flush`);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function request(url: string, body?: string): Promise<void> {
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

async function started(child: ChildProcess, url: string, readyPath: string, directory: string): Promise<MetricsServer> {
  const ended = once(child, 'exit');
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await Promise.race([
      ended,
      sleep(5000)
        .then(kill)
        .then(() => ended),
    ]);
    process.off('exit', kill);
    rmSync(directory, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) break;
    const ready = await fetch(`${url}${readyPath}`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { url, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`no metrics server at ${url}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
