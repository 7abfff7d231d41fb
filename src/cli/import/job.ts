import { printJson, printYaml } from '../../render/index.js';
import { UsageError } from '../usage-error.js';
import { jobArguments } from './job-arguments.js';
import { isName, type JobOptions } from './job-options.js';

/** KubeVirt's: qemu runs as this user and group, and the disk has to be its own (pkg/common/common.go of CDI 1.66, QemuSubGid). */
const QEMU_ID = 107;
/** An import is charged 128 MiB at most; the rest is for what its cgroup shares with the container's runtime. */
const MEMORY = { request: '128Mi', limit: '192Mi' };
const STATE_DIRECTORY = '/var/lib/oomkit';
const MAX_LABEL = 63;

/** Prints the Job that imports to a claim. Throws a UsageError for what a Job cannot do, or what would put a secret into it. */
export async function printJob(source: string, target: string, options: JobOptions): Promise<void> {
  const job = importJob(source, target, options);
  process.stdout.write(options.output === 'json' ? printJson(job) : await printYaml(job));
}

/** A volume of the pod and where the container has it. */
interface Mounted {
  readonly volume: { readonly name: string; readonly [source: string]: unknown };
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

/** The Job, by batch/v1: it keeps to the restricted Pod Security Standard. */
function importJob(source: string, target: string, options: JobOptions): object {
  const claim = /^pvc\/(.*)$/.exec(target)?.[1];
  if (claim === undefined || !isName(claim)) throw new UsageError('with --job TARGET is pvc/NAME, a claim of the namespace');
  const isBlock = options.volumeMode === 'Block';
  const path = isBlock ? '/dev/oomkit-target' : '/data/disk.img';
  const mounts = mountsOf(options, isBlock);
  const data = { name: 'data', persistentVolumeClaim: { claimName: claim } };
  const name = `oomkit-import-${claim}`.slice(0, MAX_LABEL).replace(/[-.]+$/, '');
  const labels = { 'app.kubernetes.io/name': 'oomkit', 'app.kubernetes.io/component': 'import' };
  const container = {
    name: 'import',
    image: options.image,
    args: jobArguments(source, path, options),
    ...environmentOf(source, options),
    ...(options.metrics === undefined ? {} : { ports: [{ name: 'metrics', containerPort: options.metrics.port }] }),
    resources: { requests: { cpu: '100m', memory: MEMORY.request }, limits: { memory: MEMORY.limit } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    ...(isBlock ? { volumeDevices: [{ name: 'data', devicePath: path }] } : {}),
    volumeMounts: [
      ...(isBlock ? [] : [{ name: 'data', mountPath: '/data' }]),
      ...mounts.map(({ volume, mountPath, readOnly }) => ({
        name: volume.name,
        mountPath,
        ...(readOnly === true ? { readOnly } : {}),
      })),
    ],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...(options.namespace === undefined ? {} : { namespace: options.namespace }), labels },
    spec: {
      backoffLimit: 6,
      template: {
        metadata: { labels },
        spec: {
          // A container that is started again in its pod goes on where it was.
          restartPolicy: 'OnFailure',
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: QEMU_ID,
            runAsGroup: QEMU_ID,
            fsGroup: QEMU_ID,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container],
          volumes: [data, ...mounts.map(({ volume }) => volume)],
        },
      },
    },
  };
}

/** What is mounted beside the target. */
function mountsOf(options: JobOptions, isBlock: boolean): readonly Mounted[] {
  const { tokenSecret, headerSecret, authSecret, caConfigMap, scratchClaim } = options;
  const secret = (name: string, secretName: string | undefined): readonly Mounted[] =>
    secretName === undefined
      ? []
      : [{ volume: { name, secret: { secretName } }, mountPath: `/etc/oomkit/${name}`, readOnly: true }];
  return [
    ...(isBlock ? [{ volume: { name: 'state', emptyDir: { sizeLimit: '16Mi' } }, mountPath: STATE_DIRECTORY }] : []),
    ...(scratchClaim === undefined
      ? []
      : [{ volume: { name: 'scratch', persistentVolumeClaim: { claimName: scratchClaim } }, mountPath: '/scratch' }]),
    ...secret('token', tokenSecret),
    ...secret('headers', headerSecret),
    ...secret('auth', authSecret),
    ...(caConfigMap === undefined
      ? []
      : [{ volume: { name: 'ca', configMap: { name: caConfigMap } }, mountPath: '/etc/oomkit/ca', readOnly: true }]),
  ];
}

/** The login by reference: the cluster fills it in. */
function environmentOf(source: string, { secret }: JobOptions): { readonly env?: readonly object[] } {
  if (secret === undefined) return {};
  const [user, password] = source.startsWith('s3://')
    ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
    : ['OOMKIT_USER', 'OOMKIT_PASSWORD'];
  const from = (name: string | undefined, key: string) => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } });
  return { env: [from(user, 'accessKeyId'), from(password, 'secretKey')] };
}
