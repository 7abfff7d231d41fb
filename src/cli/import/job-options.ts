import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../usage-error.js';
import type { ImportOptions } from './options.js';

/** The options of `oomkit import --job`. */
export interface JobOptions extends ImportOptions {
  readonly job?: boolean;
  readonly namespace?: string;
  readonly image: string;
  readonly volumeMode: 'Filesystem' | 'Block';
  readonly scratchClaim?: string;
  readonly secret?: string;
  readonly tokenSecret?: string;
  readonly headerSecret?: string;
  readonly authSecret?: string;
  readonly caConfigMap?: string;
}

/** There is no published image: it is built from the Dockerfile, and pushed where the cluster pulls from. */
const DEFAULT_IMAGE = 'oomkit:latest';

/** Adds what only a Job has. Secrets are named: what is in them never comes into the manifest. */
export function addJobOptions(command: Command): Command {
  return command
    .option('--job', 'print a Job that does it in a cluster; TARGET is pvc/NAME')
    .option('-n, --namespace <name>', 'the namespace of the Job', parseName)
    .option('--image <image>', 'the image of the Job, built from the Dockerfile', DEFAULT_IMAGE)
    .addOption(
      new Option('--volume-mode <mode>', "the claim's: disk.img in a file system, or a block device")
        .choices(['Filesystem', 'Block'])
        .default('Filesystem'),
    )
    .option('--scratch-claim <name>', 'a claim for --scratch', parseName)
    .option('--secret <name>', "the Secret with accessKeyId and secretKey, as CDI's: a login or S3's keys", parseName)
    .option('--token-secret <name>', 'the Secret with token, for --token-file', parseName)
    .option('--header-secret <name>', 'the Secret with headers, for --header @FILE', parseName)
    .option('--auth-secret <name>', 'the Secret of type kubernetes.io/dockerconfigjson, for --auth-file', parseName)
    .option('--ca-config-map <name>', 'the ConfigMap with ca.crt, for --ca', parseName);
}

/** What means nothing but in a Job. */
const JOB_ONLY = [
  'namespace',
  'image',
  'volumeMode',
  'scratchClaim',
  'secret',
  'tokenSecret',
  'headerSecret',
  'authSecret',
  'caConfigMap',
] as const satisfies readonly (keyof JobOptions)[];

/** Throws a UsageError when an option of a Job is given without --job. */
export function checkNoJobOptions(command: Command): void {
  const given = JOB_ONLY.find((name) => command.getOptionValueSource(name) === 'cli');
  if (given === undefined) return;
  const flag = command.options.find((option) => option.attributeName() === given)?.long;
  throw new UsageError(`${flag} is of a Job: add --job`);
}

/** RFC 1123 subdomain: apimachinery's validation, IsDNS1123Subdomain. */
const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const MAX_NAME = 253;

export function isName(text: string): boolean {
  return NAME.test(text) && text.length <= MAX_NAME;
}

function parseName(value: string): string {
  if (!isName(value)) throw new InvalidArgumentError('A name is of lower-case letters, digits, - and dots.');
  return value;
}
