/** The API server, and kubelets through it: container facts, without any value of an environment, annotation or Secret. */
export { type CadvisorContainer, oomEventCounts, parseCadvisor } from './cadvisor.js';
export type { KubeConfigChoice } from './client-node.js';
export { type AskOptions, ClusterConnection, connect, serviceProxyPath } from './connection.js';
export { KubeError, type KubeErrorCode } from './error.js';
export { eventFacts } from './event-facts.js';
export type { RawAnswer } from './http.js';
export { type ListChoice, listPages } from './list.js';
export { corePath, kubeletPath, nodePath, podMetricsPath, podPath, workloadPath } from './paths.js';
export { podFacts } from './pod-facts.js';
export { parseQuantity } from './quantity.js';
export type { RawPod } from './raw.js';
export { readEvents, readOomEvents } from './surroundings.js';
export { watchObjects } from './watch.js';
