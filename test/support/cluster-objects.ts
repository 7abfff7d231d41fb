import type { KubeObject } from './api-server.js';

/** The text that stands where a real cluster has secrets: no output may hold it. */
export const PLANTED = 'Pl4nt3dS3cr3tT0k3nDoNotShow';

export interface ContainerStatusParts {
  readonly name: string;
  readonly state?: object;
  readonly lastState?: object;
  readonly restartCount?: number;
  readonly containerID?: string;
}

/** A container status as the kubelet fills it in. */
export function containerStatus({
  name,
  state,
  lastState,
  restartCount = 0,
  containerID = `containerd://${'a'.repeat(64)}`,
}: ContainerStatusParts): object {
  return {
    name,
    ready: false,
    restartCount,
    image: 'registry.example/app:1',
    imageID: 'registry.example/app@sha256:0',
    started: true,
    state: state ?? { running: { startedAt: '2026-11-25T12:01:00Z' } },
    lastState: lastState ?? {},
    containerID,
  };
}

export function terminated(reason: string, exitCode: number, more: object = {}): object {
  return {
    terminated: {
      exitCode,
      reason,
      startedAt: '2026-11-25T11:00:00Z',
      finishedAt: '2026-11-25T12:00:00Z',
      containerID: `containerd://${'b'.repeat(64)}`,
      ...more,
    },
  };
}

export interface PodParts {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly statuses?: readonly object[];
  readonly initStatuses?: readonly object[];
  readonly ephemeralStatuses?: readonly object[];
  readonly spec?: object;
  readonly container?: object;
  readonly status?: object;
  readonly metadata?: object;
}

/** A pod with one container `app`, limited to 256Mi, and planted secrets wherever a real one may have some. */
export function pod({
  name,
  namespace = 'shop',
  uid,
  statuses,
  initStatuses,
  ephemeralStatuses,
  spec,
  container,
  status,
  metadata,
}: PodParts): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: uid ?? `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padEnd(12, '0').slice(0, 12)}`,
      resourceVersion: '900',
      creationTimestamp: '2026-11-25T10:00:00Z',
      labels: { app: name },
      annotations: { 'example.com/token': PLANTED },
      ...metadata,
    },
    spec: {
      nodeName: 'node-1',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'app',
          image: 'registry.example/app:1',
          command: ['/bin/app', `--password=${PLANTED}`],
          env: [
            { name: 'DATABASE_PASSWORD', value: PLANTED },
            { name: 'FROM_SECRET', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
          ],
          resources: { limits: { memory: '256Mi' }, requests: { memory: '128Mi' } },
          ...container,
        },
      ],
      ...spec,
    },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      startTime: '2026-11-25T10:00:00Z',
      containerStatuses: statuses ?? [containerStatus({ name: 'app' })],
      ...(initStatuses === undefined ? {} : { initContainerStatuses: initStatuses }),
      ...(ephemeralStatuses === undefined ? {} : { ephemeralContainerStatuses: ephemeralStatuses }),
      ...status,
    },
  };
}

export interface EventParts {
  readonly reason: string;
  readonly message: string;
  readonly podName?: string;
  readonly nodeName?: string;
  readonly at?: string;
  readonly container?: string;
  readonly type?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A core/v1 event about a pod of `shop`, or about a node. */
export function event({
  reason,
  message,
  podName,
  nodeName,
  at = '2026-11-25T12:00:00Z',
  container,
  type = 'Warning',
  annotations,
}: EventParts): KubeObject {
  const about =
    nodeName === undefined
      ? {
          kind: 'Pod',
          apiVersion: 'v1',
          namespace: 'shop',
          name: podName,
          ...(container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }),
        }
      : { kind: 'Node', name: nodeName, uid: nodeName };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${podName ?? nodeName}.${reason.toLowerCase()}.${at.length}`,
      namespace: nodeName === undefined ? 'shop' : 'default',
      ...(annotations === undefined ? {} : { annotations }),
    },
    involvedObject: about,
    reason,
    message,
    type,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    source: { component: 'kubelet', host: 'node-1' },
    reportingComponent: 'kubelet',
    reportingInstance: 'node-1',
  };
}

/** A node of 8 GiB with kernel and kubelet of today. */
export function node(
  name = 'node-1',
  conditions: Readonly<Record<string, string>> = { MemoryPressure: 'False', Ready: 'True' },
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: { 'example.com/token': PLANTED } },
    status: {
      capacity: { memory: '8Gi' },
      allocatable: { memory: '7Gi' },
      conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })),
      nodeInfo: {
        architecture: 'amd64',
        bootID: '1',
        containerRuntimeVersion: 'containerd://2.1.4',
        kernelVersion: '6.12.48',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.34.1',
        machineID: '1',
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 13',
        systemUUID: '1',
      },
    },
  };
}
