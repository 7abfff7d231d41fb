import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { ConnectOptions } from '../sources/prometheus/connect.js';
import type { LabelChoice } from '../sources/prometheus/labels.js';
import { UsageError } from './usage-error.js';

/** Options of the commands that ask a metrics server. */
export interface PrometheusOptions {
  readonly prometheus?: string;
  readonly prometheusTokenFile?: string;
  readonly prometheusUser?: string;
  readonly prometheusPasswordFile?: string;
  readonly prometheusHeader?: readonly string[];
  readonly prometheusLabel?: LabelChoice;
  readonly prometheusCa?: string;
  readonly prometheusInsecure?: boolean;
  readonly prometheusTimeout?: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

export function addPrometheusOptions(command: Command): Command {
  return command
    .option(
      '--prometheus <url>',
      'a Prometheus, VictoriaMetrics, Thanos or Mimir server, or cluster: the one found there, or cluster:NAMESPACE/SERVICE (default: $OOMKIT_PROMETHEUS)',
    )
    .option('--prometheus-token-file <file>', 'a bearer token for it (or $OOMKIT_PROMETHEUS_TOKEN)')
    .option('--prometheus-user <name>', 'a user name for basic authentication')
    .option('--prometheus-password-file <file>', 'the password to it (or $OOMKIT_PROMETHEUS_PASSWORD)')
    .option('--prometheus-header <header>', "a header more, such as 'X-Scope-OrgID: team'; may be repeated", collect)
    .option(
      '--prometheus-label <name=value>',
      'only series with this label, such as cluster=A; may be repeated, the same name for either value',
      collectLabel,
    )
    .option('--prometheus-ca <file>', 'trust this authority (PEM)')
    .option('--prometheus-insecure', 'take any certificate')
    .option('--prometheus-timeout <duration>', 'wait so long for each answer (default: 30s)', parseDuration);
}

/** Where the server is; undefined when none was named. */
export function prometheusUrl({ prometheus }: PrometheusOptions): string | undefined {
  const url = prometheus ?? process.env.OOMKIT_PROMETHEUS;
  return url === '' ? undefined : url;
}

/** How to connect. Secrets come from files and the environment, where other users of the machine do not see them. Throws a UsageError. */
export function connectOptions(options: PrometheusOptions): ConnectOptions {
  const { prometheusTokenFile, prometheusUser, prometheusPasswordFile, prometheusHeader = [], prometheusCa } = options;
  const token = fileOr(prometheusTokenFile, 'prometheus-token-file') ?? process.env.OOMKIT_PROMETHEUS_TOKEN;
  const password = fileOr(prometheusPasswordFile, 'prometheus-password-file') ?? process.env.OOMKIT_PROMETHEUS_PASSWORD;
  const ca = fileOr(prometheusCa, 'prometheus-ca');
  return {
    ...(token === undefined || token === '' ? {} : { token }),
    ...(prometheusUser === undefined ? {} : { basic: { user: prometheusUser, password: password ?? '' } }),
    headers: Object.fromEntries(prometheusHeader.map(headerOf)),
    ...(ca === undefined ? {} : { ca }),
    insecure: options.prometheusInsecure === true,
    ...(options.prometheusTimeout === undefined ? {} : { timeoutMs: options.prometheusTimeout * 1000 }),
  };
}

/** Reads a duration such as 30s, 15m, 1h30m, 7d or 2w, in seconds. */
export function parseDuration(value: string): number {
  const parts = /^(?:\d{1,6}[smhdw]){1,5}$/.test(value) ? [...value.matchAll(/(\d+)([smhdw])/g)] : [];
  const length = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
  if (!(length > 0)) throw new InvalidArgumentError('A duration is a number with a unit: 30s, 15m, 6h, 7d, 2w.');
  return length;
}

function collect(value: string, known: readonly string[] = []): readonly string[] {
  return [...known, value];
}

/** Reads `cluster=A`. An empty value is that of series without the label. */
function collectLabel(text: string, known: LabelChoice = []): LabelChoice {
  const [, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('A label is NAME=VALUE, such as cluster=A.');
  return [...known, [name, value]];
}

function headerOf(text: string): [string, string] {
  const [name = '', ...value] = text.split(':');
  // The text is not repeated: the value may be a secret.
  if (name.trim() === '' || value.length === 0) throw new UsageError("--prometheus-header takes 'Name: value'");
  return [name.trim(), value.join(':').trim()];
}

function fileOr(path: string | undefined, option: string): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError(`--${option} ${path}: cannot be read (${reason})`);
  }
}
