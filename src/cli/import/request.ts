import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { OpenOptions } from '../../import/sources/open-options.js';
import { registryArchitecture } from '../../import/sources/registry/architecture.js';
import type { RetryPolicy } from '../../import/sources/retry.js';
import { UsageError } from '../usage-error.js';
import type { ImportOptions } from './options.js';

/** How to reach a source, from the options, the environment, and the files these name. Throws a UsageError for a file that cannot be read. */
export function openOptions(options: ImportOptions, retry: RetryPolicy, signal: AbortSignal): OpenOptions {
  const { env } = process;
  const auth = registryAuth(options.authFile, env);
  const password = options.passwordFile === undefined ? env.OOMKIT_PASSWORD : secretIn(options.passwordFile);
  if (options.user !== undefined && password === undefined) {
    throw new UsageError('--user needs a password: --password-file, or the variable OOMKIT_PASSWORD');
  }
  return {
    http: {
      idleTimeoutMs: options.timeout * 1000,
      headers: headersOf(options.header ?? {}),
      insecure: options.insecure ?? false,
      env,
      ...(options.user === undefined || password === undefined ? {} : { basic: { user: options.user, password } }),
      ...(options.tokenFile === undefined ? {} : { token: secretIn(options.tokenFile) }),
      ...(options.ca === undefined ? {} : { ca: textOf(options.ca) }),
    },
    s3: s3Options(options, env),
    architecture: options.architecture ?? registryArchitecture(),
    plainHttp: options.plainHttp ?? false,
    ...(auth === undefined ? {} : { registryAuth: auth }),
    ...(options.size === undefined ? {} : { blankBytes: options.size }),
    isCheckedLater: options.checksum !== undefined,
    retry,
    signal,
  };
}

/** By the names the AWS tools use. */
function s3Options(options: ImportOptions, env: NodeJS.ProcessEnv): OpenOptions['s3'] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  const endpoint = options.s3Endpoint ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  const isSigned = options.anonymous !== true && accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region: options.s3Region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isSigned
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }
      : {}),
  };
}

/** The first login file there is, where podman and docker keep theirs: containers-auth.json(5). */
function registryAuth(file: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (file !== undefined) return textOf(file);
  const usual = [
    env.REGISTRY_AUTH_FILE,
    env.XDG_RUNTIME_DIR === undefined ? undefined : join(env.XDG_RUNTIME_DIR, 'containers/auth.json'),
    join(env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json'),
  ];
  for (const path of usual) {
    if (path === undefined) continue;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // Most machines have none of them.
    }
  }
  return undefined;
}

/** `NAME: VALUE` a line, for headers that are not to be seen in a list of processes. */
function headersOf(given: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(given).flatMap(([name, value]) => {
    if (!name.startsWith('@')) return [[name, value] as const];
    return textOf(name.slice(1))
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const colon = line.indexOf(':');
        if (colon < 1) throw new UsageError(`${name.slice(1)}: a line is NAME: VALUE`);
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
      });
  });
  return Object.fromEntries(pairs);
}

function secretIn(path: string): string {
  const secret = textOf(path).trim();
  if (secret === '') throw new UsageError(`${path}: is empty`);
  return secret;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`${path}: cannot be read (${code})`);
  }
}
