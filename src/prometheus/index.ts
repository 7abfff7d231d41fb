/** A container's memory over time, from a server with the HTTP API of Prometheus. */
export { PrometheusApi } from './api.js';
export { type ConnectOptions, connectPrometheus } from './connect.js';
export { PrometheusError, type PrometheusErrorCode } from './error.js';
export { type FoundService, findMetricsServices, proxiedServer, type ServiceFacts } from './in-cluster.js';
export type { PrometheusServer, RawAnswer } from './server.js';
export { readTimelines, type TimelineSubject } from './timeline.js';
export { readWorkload, type Workload, type WorkloadHistory, type WorkloadKind } from './workload.js';
