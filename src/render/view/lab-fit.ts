import { bytes, type FitEdge, type FitTrial, type LabFit, type Message, nested, ratio, seconds } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { runVerdict } from './lab.js';
import { sizePatch } from './size.js';
import { say } from './words.js';

/** No Kubernetes object accepts this name (RFC 1123 label): a patch that was not completed is refused. */
const UNNAMED = 'CONTAINER';

/** What the fit came to, in a few sentences. */
export function fitVerdict(fit: LabFit): Message[] {
  const { command, end, smallest, unhurried, aims } = fit;
  const found =
    smallest === undefined
      ? []
      : [
          say('fit.verdict.smallest', { command: command[0] ?? '', limit: bytes(smallest.limitBytes) }),
          ...(unhurried === undefined ? [] : [unhurriedVerdict(smallest, unhurried, aims.slowdown)]),
        ];
  return end === 'found' ? found : [endVerdict(fit), ...found];
}

function unhurriedVerdict(smallest: FitEdge, { limitBytes }: FitEdge, slowdown: number): Message {
  return limitBytes === smallest.limitBytes
    ? say('fit.verdict.not-slowed', { slowdown: ratio(slowdown) })
    : say('fit.verdict.unhurried', { limit: bytes(limitBytes), slowdown: ratio(slowdown) });
}

function endVerdict({ command, end, runs, aims }: LabFit): Message {
  const name = command[0] ?? '';
  const last = runs.at(-1);
  const how = nested((last === undefined ? undefined : runVerdict(last)[0]) ?? say('none'));
  switch (end) {
    case 'command-failed':
      return runs.length === 1
        ? say('fit.end.failed-at-once', { how })
        : say('fit.end.failed-later', { how, limit: bytes(last?.limitBytes ?? 0) });
    case 'oom-at-most':
      return aims.toBytes === undefined
        ? say('fit.end.oom-without-limit', { command: name })
        : say('fit.end.oom-at-most', { command: name, limit: bytes(aims.toBytes) });
    case 'out-of-runs':
      return say('fit.end.out-of-runs', { count: runs.length });
    case 'interrupted':
      return say('fit.end.interrupted', { count: runs.length });
    default:
      return say('fit.end.broken', { count: runs.length });
  }
}

/** The two limits, the times and the recommendation with their arithmetic: the key of each label, and its text. */
export function fitFacts(fit: LabFit): { readonly label: LabelKey; readonly value: Message }[] {
  const { smallest, unhurried, confidence } = fit;
  return [
    ...(smallest === undefined ? [] : [{ label: 'fit.fact.smallest' as const, value: edgeMessage('need', smallest) }]),
    ...(unhurried === undefined || unhurried.limitBytes === smallest?.limitBytes
      ? []
      : [{ label: 'fit.fact.unhurried' as const, value: edgeMessage('pace', unhurried) }]),
    ...timeFact(fit),
    ...recommendationFacts(fit),
    { label: 'size.label.confidence', value: say(`size.confidence.${confidence}`) },
  ];
}

function edgeMessage(which: 'need' | 'pace', { limitBytes, notEnoughBytes, runs }: FitEdge): Message {
  const limit = bytes(limitBytes);
  const shown = nested(runs === 0 ? say('fit.edge.implied') : say('fit.edge.runs', { count: runs }));
  return notEnoughBytes === undefined
    ? say('fit.edge.alone', { limit, shown })
    : say(`fit.edge.${which}`, { limit, shown, below: bytes(notEnoughBytes) });
}

function timeFact({ usualSeconds, allowedSeconds, aims }: LabFit): { readonly label: LabelKey; readonly value: Message }[] {
  if (usualSeconds === undefined || allowedSeconds === undefined) return [];
  const params = { usual: seconds(usualSeconds), allowed: seconds(allowedSeconds), slowdown: ratio(aims.slowdown) };
  return [{ label: 'fit.fact.time', value: say('fit.time', params) }];
}

function recommendationFacts({ recommended }: LabFit): { readonly label: LabelKey; readonly value: Message }[] {
  if (recommended === undefined) return [];
  const { basis, basisBytes, requestBytes, limitBytes, margin, variation } = recommended;
  const sum = bytes(basisBytes * (1 + margin));
  const limit = { basis: bytes(basisBytes), margin: ratio(margin), sum, size: bytes(limitBytes) };
  return [
    {
      label: 'size.label.request',
      value: say(`fit.request.${basis}`, { basis: bytes(basisBytes), size: bytes(requestBytes) }),
    },
    {
      label: 'size.label.limit',
      value:
        variation === undefined
          ? say('fit.limit.unseen', limit)
          : say('fit.limit.seen', { ...limit, variation: ratio(variation) }),
    },
  ];
}

/** Why a run is made, for who watches: which it is, from 1, of how many at most. */
export function runReason(turn: number, maxRuns: number, purpose: FitTrial['purpose'], limitBytes: number | undefined): Message {
  const limit = limitBytes === undefined ? nested(say('fit.running.no-limit')) : bytes(limitBytes);
  return say('fit.running', { turn: String(turn), most: String(maxRuns), limit, why: nested(say(`fit.purpose.${purpose}`)) });
}

/** Request and limit as a strategic merge patch of a pod template; undefined when nothing is recommended. */
export function fitPatch({ recommended, container = UNNAMED }: LabFit): string | undefined {
  if (recommended === undefined) return undefined;
  const { requestBytes, limitBytes } = recommended;
  return sizePatch({ containers: [{ container, request: { bytes: requestBytes }, limit: { bytes: limitBytes } }] });
}
