import type { Command } from 'commander';
import type { ClusterConnection, KubeConfigChoice } from '../sources/kubernetes/index.js';
import type { Language } from '../words/language.js';
import { ExitCode } from './exit-code.js';
import { parseDuration } from './prometheus-options.js';

/** Options of the commands that talk to a cluster, named as kubectl names them. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly as?: string;
  readonly asGroup: readonly string[];
  readonly requestTimeout?: number;
}

export function addClusterOptions(command: Command): Command {
  return command
    .option('-n, --namespace <namespace>', "the namespace (default: the context's)")
    .option(
      '--kubeconfig <file>',
      'the configuration of the cluster (default: KUBECONFIG, ~/.kube/config, or the pod it runs in)',
    )
    .option('--context <name>', 'the context of the configuration to use')
    .option('--as <user>', 'ask as this user')
    .option(
      '--as-group <group>',
      'ask as a member of this group; may be repeated',
      (value, earlier: string[]) => [...earlier, value],
      [],
    )
    .option('--request-timeout <duration>', 'give a request up after this time, such as 10s (default: 30s)', parseDuration);
}

/**
 * Connects, and runs `read`. What the cluster refuses is said on standard error, sets the exit code and gives undefined; any other
 * error goes on. Ctrl-C ends the requests.
 */
export async function withCluster<T>(
  options: ClusterOptions,
  lang: Language,
  debug: boolean,
  read: (connection: ClusterConnection, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const { connect, KubeError } = await import('../sources/kubernetes/index.js');
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const timeout = options.requestTimeout === undefined ? {} : { timeoutMs: options.requestTimeout * 1000 };
    return await read(await connect(kubeConfigChoice(options), timeout), controller.signal);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const { renderMessage } = await import('../words/messages/render.js');
    process.stderr.write(`oomkit: ${renderMessage(error.problem, { lang }).trimEnd()}\n`);
    if (debug) process.stderr.write(`${error.stack}\n`);
    process.exitCode = error.code === 'not-found' ? ExitCode.NothingFound : ExitCode.Unreadable;
    return undefined;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Which cluster the options mean, and as whom. */
export function kubeConfigChoice({ kubeconfig, context, as, asGroup = [] }: Partial<ClusterOptions>): KubeConfigChoice {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(as === undefined ? {} : { as }),
    asGroups: asGroup,
  };
}
