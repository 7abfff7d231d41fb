import {
  bytes,
  type ContainerSize,
  type Message,
  MIB,
  nested,
  ratio,
  type SizeArithmetic,
  type SizeRecommendation,
  seconds,
} from '../../model/index.js';
import { say } from './words.js';

/** The workload as kubectl names it: `namespace/deploy/web`. */
export function workloadName({ namespace, kind, name }: Pick<SizeRecommendation, 'namespace' | 'kind' | 'name'>): string {
  return [namespace, kind, name].filter((part) => part !== undefined).join('/');
}

/** How a size was come to, in one sentence with every figure. */
export function arithmeticMessage(
  { from, seenBytes, factor, addedBytes = 0, bytes: size }: SizeArithmetic,
  percentile: number,
): Message {
  const sum = from === 'kill' ? seenBytes + addedBytes : seenBytes * factor;
  const params = { seen: bytes(seenBytes), sum: bytes(sum), size: bytes(size) };
  switch (from) {
    case 'percentile':
      return say('size.arithmetic.percentile', { ...params, percentile: ratio(percentile), factor: ratio(factor) });
    case 'peak':
      return say('size.arithmetic.peak', { ...params, factor: ratio(factor) });
    case 'kill':
      return say('size.arithmetic.kill', { ...params, added: bytes(addedBytes) });
  }
}

/** What was read of the history, and how much of it was looked at. */
export function seenMessage(size: ContainerSize): Message {
  const { samples, heldSamples: held, scrapeSeconds: scrape, peakFrom, pods: count, coveredSeconds, stepSeconds } = size;
  const params = { count, covered: seconds(coveredSeconds), step: seconds(stepSeconds) };
  if (held === undefined || scrape === undefined || peakFrom === 'steps') return say('size.seen', { ...params, samples });
  return say(peakFrom === 'samples' ? 'size.seen-all' : 'size.seen-bounds', { ...params, held, scrape: seconds(scrape) });
}

/** What the container has now; undefined where the metrics tell neither. */
export function nowMessage({ currentRequestBytes, currentLimitBytes }: ContainerSize): Message | undefined {
  if (currentRequestBytes === undefined && currentLimitBytes === undefined) return undefined;
  const size = (value: number | undefined) => (value === undefined ? nested(say('none')) : bytes(value));
  return say('size.now', { request: size(currentRequestBytes), limit: size(currentLimitBytes) });
}

/** What a patch is made for: a workload by its kind, and each container's sizes. */
export interface PatchedSizes {
  readonly kind?: string;
  readonly containers: readonly {
    readonly container: string;
    readonly request: { readonly bytes: number };
    readonly limit: { readonly bytes: number };
  }[];
}

/**
 * The sizes as a strategic merge patch of the pod template, for `kubectl patch --patch-file`; of a Pod without a template, of its
 * spec. Containers are merged by their names (core/v1 PodSpec, patchMergeKey=name).
 */
export function sizePatch({ kind, containers }: PatchedSizes): string {
  const podSpec = [
    'spec:',
    '  containers:',
    ...containers.flatMap(({ container, request, limit }) => [
      `  - name: ${JSON.stringify(container)}`,
      '    resources:',
      '      requests:',
      `        memory: ${request.bytes / MIB}Mi`,
      '      limits:',
      `        memory: ${limit.bytes / MIB}Mi`,
    ]),
  ];
  const wrappers =
    kind === 'pod' ? [] : kind === 'cronjob' ? ['spec:', 'jobTemplate:', 'spec:', 'template:'] : ['spec:', 'template:'];
  const indent = (text: string, depth: number): string => `${'  '.repeat(depth)}${text}`;
  return [...wrappers.map(indent), ...podSpec.map((text) => indent(text, wrappers.length))].join('\n');
}
