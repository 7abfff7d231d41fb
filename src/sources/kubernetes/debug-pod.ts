import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterConnection } from './connection.js';
import { KubeError } from './error.js';
import { corePath, podPath } from './paths.js';
import type { RawPod } from './raw.js';

export interface DebugPodChoice {
  readonly namespace: string;
  readonly node: string;
  readonly image: string;
  readonly waitMs: number;
  readonly pollMs?: number;
  readonly onCreated: (name: string) => void;
  /** It could not be deleted: somebody has to. */
  readonly onLeft: (name: string) => void;
}

/** dmesg with the kernel's own stamps; the ring buffer is 1 MiB at most where nobody raised it. */
const COMMAND = ['dmesg'];

/**
 * Reads a node's kernel log by a privileged pod that runs dmesg there, and deletes the pod whatever happens. It is made only when a
 * user asks for it: /dev/kmsg is closed to every other container by the device cgroup. Throws a KubeError.
 */
export async function readKernelLogByPod(
  connection: ClusterConnection,
  choice: DebugPodChoice,
  signal: AbortSignal,
): Promise<string> {
  const { namespace, node, image, waitMs, pollMs = 1000, onCreated, onLeft } = choice;
  const name = `oomkit-dmesg-${Math.random().toString(36).slice(2, 10)}`;
  try {
    await connection.send('POST', corePath('pods', namespace), manifest(name, namespace, node, image), signal);
    onCreated(name);
    const deadline = Date.now() + waitMs;
    for (let state = ''; ; ) {
      const { status = {} } = await connection.get<RawPod>(podPath(namespace, name), { signal });
      state = status.containerStatuses?.[0]?.state?.waiting?.reason ?? status.phase ?? '';
      if (status.phase === 'Succeeded') break;
      if (
        status.phase === 'Failed' ||
        Date.now() > deadline ||
        /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(state)
      ) {
        throw new KubeError('debug-node', { pod: name, state });
      }
      await delay(pollMs, undefined, { signal });
    }
    return await connection.getText(`${podPath(namespace, name)}/log`, {
      params: new URLSearchParams({ container: 'dmesg' }),
      signal,
    });
  } finally {
    // Not ended by the signal: Ctrl-C must not leave it behind. It may exist even where the answer to its making was lost.
    await connection.send('DELETE', podPath(namespace, name)).catch((error: unknown) => {
      if (!(error instanceof KubeError && (error.code === 'not-found' || error.code === 'forbidden'))) onLeft(name);
    });
  }
}

function manifest(name: string, namespace: string, node: string, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/name': 'oomkit', 'app.kubernetes.io/component': 'debug-node' } },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      activeDeadlineSeconds: 300,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'dmesg',
          image,
          command: COMMAND,
          resources: { requests: { memory: '16Mi', cpu: '10m' }, limits: { memory: '64Mi' } },
          securityContext: { privileged: true, readOnlyRootFilesystem: true },
        },
      ],
    },
  };
}
