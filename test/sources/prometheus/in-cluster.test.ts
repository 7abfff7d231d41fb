import { describe, expect, it } from 'vitest';
import { PrometheusApi } from '../../../src/sources/prometheus/api.js';
import {
  findMetricsServices,
  namedService,
  proxiedServer,
  type ServiceFacts,
  vouchedFor,
} from '../../../src/sources/prometheus/in-cluster.js';

function service(name: string, port: number, labels: Readonly<Record<string, string>> = {}): ServiceFacts {
  return {
    namespace: 'monitoring',
    name,
    labels,
    ports: [
      { name: 'grpc', port: 10901 },
      { name: 'http', port },
    ],
  };
}

describe('findMetricsServices', () => {
  it.each([
    [service('prometheus-operated', 9090), 'Prometheus', ''],
    [service('prometheus-k8s', 9091), 'Prometheus', ''],
    [service('prometheus-server', 80), 'Prometheus', ''],
    [service('kps-prometheus', 9090), 'Prometheus', ''],
    [service('anything', 9090, { 'app.kubernetes.io/name': 'prometheus' }), 'Prometheus', ''],
    [service('vmsingle-stack', 8428), 'VictoriaMetrics', ''],
    [service('vmselect-stack', 8481), 'VictoriaMetrics', '/select/0/prometheus'],
    [service('thanos-querier', 9091), 'Thanos', ''],
    [service('mimir-nginx', 80), 'Mimir', '/prometheus'],
  ])('knows %o', (facts, product, prefix) => {
    expect(findMetricsServices([facts])).toEqual([
      { namespace: 'monitoring', name: facts.name, port: facts.ports[1]?.port, product, prefix },
    ]);
  });

  it.each(['alertmanager-operated', 'prometheus-node-exporter', 'prometheus-pushgateway', 'kubernetes', 'prometheus-adapter'])(
    'takes no %s for one',
    (name) => {
      expect(
        findMetricsServices([service(name, 9090, { 'app.kubernetes.io/name': name.includes('node') ? 'prometheus' : 'x' })]),
      ).toEqual([]);
    },
  );

  it('asks the query layer before the servers behind it', () => {
    const found = findMetricsServices([
      service('prometheus-operated', 9090),
      service('prometheus-k8s', 9090),
      service('thanos-query', 9090),
    ]);
    expect(found.map(({ name }) => name)).toEqual(['thanos-query', 'prometheus-k8s', 'prometheus-operated']);
  });
});

describe('vouchedFor', () => {
  it.each(['monitoring', 'openshift-monitoring', 'kube-prometheus-stack', 'observability', 'victoria-metrics'])(
    'takes those of %s',
    (namespace) => {
      const found = findMetricsServices([
        { ...service('thanos-query', 9090), namespace: 'team' },
        { ...service('prometheus-k8s', 9090), namespace },
      ]);
      expect(found.map(({ name }) => name)).toEqual(['thanos-query', 'prometheus-k8s']);
      expect(vouchedFor(found).map(({ name }) => name)).toEqual(['prometheus-k8s']);
    },
  );
});

describe('namedService', () => {
  it('knows the path of its product, and takes what it does not know for Prometheus', () => {
    expect(namedService(service('mimir-nginx', 80))).toMatchObject({ product: 'Mimir', prefix: '/prometheus', port: 80 });
    expect(namedService(service('ours', 9999))).toMatchObject({ product: 'Prometheus', prefix: '', port: 9999, name: 'ours' });
  });
});

describe('proxiedServer', () => {
  it('asks below the path of its product, and passes on what the API server says', async () => {
    const paths: string[] = [];
    const [found] = findMetricsServices([service('mimir-nginx', 80)]);
    if (found === undefined) throw new Error('not found');
    const server = proxiedServer(found, (path, params) => {
      paths.push(`${path}?${params}`);
      return Promise.resolve({
        status: 403,
        headers: {},
        body: '{"kind":"Status","status":"Failure","message":"services/proxy is forbidden"}',
      });
    });
    await expect(new PrometheusApi(server).query('up{a="b"}', 7)).rejects.toMatchObject({ code: 'forbidden' });
    expect(paths).toEqual(['/prometheus/api/v1/query?query=up%7Ba%3D%22b%22%7D&time=7']);
  });
});
