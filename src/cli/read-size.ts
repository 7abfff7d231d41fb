import { recommendSize } from '../diagnosis/sizing/recommend-size.js';
import {
  type ContainerSize,
  type Message,
  message,
  type SizeRecommendation,
  type Timeline,
  type UnsizedContainer,
} from '../model/index.js';
import { PrometheusApi } from '../sources/prometheus/api.js';
import { PrometheusError } from '../sources/prometheus/error.js';
import { readWorkload } from '../sources/prometheus/workload.js';
import type { Language } from '../words/language.js';
import { renderMessage } from '../words/messages/render.js';
import { ExitCode } from './exit-code.js';
import type { PrometheusOptions } from './prometheus-options.js';
import { exitCodeOf, openServer } from './read-history.js';
import type { NamedWorkload } from './workload-argument.js';

/** What the command line of `oomkit size` asks for. Durations and times are seconds, shares 0..1. */
export interface SizeOptions extends PrometheusOptions {
  readonly namespace?: string;
  readonly container?: string;
  readonly since: number;
  readonly until?: number;
  readonly percentile: number;
  readonly margin: number;
  readonly debug?: boolean;
}

/**
 * Reads a workload's history and recommends sizes. Undefined when there is nothing to print: it is said on standard error, and the
 * exit code set. With nothing to recommend for any container the code is that of nothing found; for some of them, of a part.
 */
export async function readSize(
  url: string,
  workload: NamedWorkload,
  options: SizeOptions,
  lang: Language,
): Promise<SizeRecommendation | undefined> {
  const say = (problem: Message): void => void process.stderr.write(`oomkit: ${renderMessage(problem, { lang })}\n`);
  const server = await openServer(url, options, lang);
  if (server === undefined) return undefined;
  const toSeconds = options.until ?? Math.floor(Date.now() / 1000);
  const window = { fromSeconds: toSeconds - options.since, toSeconds };
  try {
    const history = await readWorkload(new PrometheusApi(server), workload, window, options.prometheusLabel);
    const { namespace, shortKind, name } = workload;
    if (history.timelines.length === 0) {
      const shown = [namespace, shortKind, name].filter((part) => part !== undefined).join('/');
      say(message('size.absent', { workload: shown, server: server.shown }));
      process.exitCode = ExitCode.NothingFound;
      return undefined;
    }
    const choice = { percentile: options.percentile, margin: options.margin, stepSeconds: history.stepSeconds };
    const sizes = [...byContainer(history.timelines)].map(([container, timelines]) =>
      recommendSize(container, timelines, choice),
    );
    const containers = sizes.filter((size): size is ContainerSize => !('why' in size));
    const unsized = sizes.filter((size): size is UnsizedContainer => 'why' in size);
    if (unsized.length > 0) process.exitCode = containers.length > 0 ? ExitCode.PartlyRead : ExitCode.NothingFound;
    return {
      namespace,
      ...(shortKind === undefined ? {} : { kind: shortKind }),
      name,
      source: server.shown,
      ...window,
      percentile: options.percentile,
      margin: options.margin,
      containers,
      unsized,
      notes: history.notes,
    };
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    say(error.problem);
    if (options.debug === true) process.stderr.write(`${error.stack}\n`);
    process.exitCode = exitCodeOf(error);
    return undefined;
  } finally {
    await server.close();
  }
}

function byContainer(timelines: readonly Timeline[]): Map<string, Timeline[]> {
  const groups = new Map<string, Timeline[]>();
  for (const timeline of timelines) {
    const name = timeline.container ?? '';
    groups.set(name, [...(groups.get(name) ?? []), timeline]);
  }
  return groups;
}
