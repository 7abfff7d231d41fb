import { UsageError } from '../usage-error.js';
import type { JobOptions } from './job-options.js';

/** The words of `oomkit import` in a Job's container. Throws a UsageError for what is of this machine, or secret. */
export function jobArguments(source: string, path: string, options: JobOptions): string[] {
  checkSource(source);
  checkOptions(options);
  const { cache, dirtyLimit, preallocation, size, overhead, checksum, member, retries, timeout, metrics } = options;
  const words = [
    ['--cache', cache],
    ['--dirty-limit', dirtyLimit],
    ['--preallocation', preallocation],
    ['--size', size],
    ['--overhead', overhead === undefined ? undefined : `${Math.round(overhead * 100_000) / 1000}%`],
    ['--checksum', checksum === undefined ? undefined : `${checksum.algorithm}:${checksum.hex}`],
    ['--member', member],
    ['--retries', retries],
    ['--timeout', timeout],
    ['--s3-endpoint', options.s3Endpoint],
    ['--s3-region', options.s3Region],
    ['--architecture', options.architecture],
    ['--metrics', metrics === undefined ? undefined : `:${metrics.port}`],
    ['--scratch', options.scratchClaim === undefined ? undefined : '/scratch'],
    ['--token-file', options.tokenSecret === undefined ? undefined : '/etc/oomkit/token/token'],
    ['--header', options.headerSecret === undefined ? undefined : '@/etc/oomkit/headers/headers'],
    ['--auth-file', options.authSecret === undefined ? undefined : '/etc/oomkit/auth/.dockerconfigjson'],
    ['--ca', options.caConfigMap === undefined ? undefined : '/etc/oomkit/ca/ca.crt'],
  ] as const;
  const flags = [
    ['--allow-overcommit', options.allowOvercommit],
    ['--verify', options.verify],
    ['--force', options.force],
    ['--insecure', options.insecure],
    ['--anonymous', options.anonymous],
    ['--plain-http', options.plainHttp],
  ] as const;
  const hasLogin = options.secret !== undefined && !source.startsWith('s3://');
  return [
    'import',
    '--resume',
    ...words.flatMap(([name, value]) => (value === undefined ? [] : [literal(`${name}=${value}`)])),
    ...flags.flatMap(([name, isSet]) => (isSet === true ? [name] : [])),
    // The kubelet puts the variable's value there: the user's name, not the password.
    ...(hasLogin ? ['--user=$(OOMKIT_USER)'] : []),
    '--',
    literal(source),
    path,
  ];
}

/** Kubernetes replaces `$(NAME)` in arguments, and takes `$$` for a dollar (core/v1, Container.args). */
function literal(text: string): string {
  return text.replaceAll('$(', '$$$$(');
}

/** Parameters of signed URLs: Amazon's, Google's and Azure's, and what servers call their tokens. */
const SIGNED = /[?&](?:x-amz-signature|x-goog-signature|signature|sig|token|access_token)=/i;

function checkSource(source: string): void {
  if (!/^(?:https?|s3|docker):\/\//.test(source) && source !== 'blank') {
    throw new UsageError('a Job reads http(s)://…, s3://BUCKET/KEY, docker://IMAGE or blank: no file of this machine');
  }
  if (/^[a-z0-9]+:\/\/[^/?#]*@/.test(source) && !source.startsWith('docker://')) {
    throw new UsageError(
      'the URL has a login in it, which would stand in the Job: put it into a Secret and name that with --secret',
    );
  }
  if (SIGNED.test(source)) {
    throw new UsageError(
      'the URL is signed, or has a token in it, which would stand in the Job: use --secret or --header-secret',
    );
  }
}

/** What is of this machine, or secret, and what to give instead. */
function checkOptions(options: JobOptions): void {
  const instead = [
    ['--user', options.user, '--secret'],
    ['--password-file', options.passwordFile, '--secret'],
    ['--token-file', options.tokenFile, '--token-secret'],
    ['--header', options.header, '--header-secret'],
    ['--auth-file', options.authFile, '--auth-secret'],
    ['--ca', options.ca, '--ca-config-map'],
    ['--scratch', options.scratch, '--scratch-claim'],
  ] as const;
  for (const [name, value, other] of instead) {
    if (value !== undefined) throw new UsageError(`${name} is of this machine, and a Job runs elsewhere: use ${other}`);
  }
}
