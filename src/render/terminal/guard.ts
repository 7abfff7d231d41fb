import { bytes, type GuardReport, type MessageValue, ratio, seconds } from '../../model/index.js';
import { printable } from '../../words/printable.js';
import { line } from '../text/span.js';
import { heading, type Page, page, print, type TerminalStyle } from './page.js';

/** What `oomkit guard --report` prints. */
export function renderGuard(report: GuardReport, style: TerminalStyle): string {
  const sheet = page(style);
  const { words } = sheet;
  const { target } = report;
  const title = words.label(`guard.title.${target.kind}`, { name: target.name, wall: seconds(report.wallSeconds) });
  const lines = [...unmet(report, sheet), ...figures(report, sheet), ...means(report, sheet), ...troubles(report, sheet)];
  return print([heading(title, sheet), ...lines.map((text) => line(`  ${text}`))]);
}

/** What was promised and not kept: said first. */
function unmet({ passed, measuredBy, peak, bounds, hold, inherited }: GuardReport, { words }: Page): string[] {
  const { dirtyBytes, cachedBytes } = peak;
  const estimated = measuredBy === 'cgroup' ? '' : '-estimated';
  return [
    ...(passed.includes('dirty') ? [words.label(`guard.passed.dirty${estimated}`, ofBound(dirtyBytes, bounds.dirtyBytes))] : []),
    ...(passed.includes('cache') && cachedBytes !== undefined
      ? [words.label('guard.passed.cache', ofBound(cachedBytes, bounds.cacheBytes))]
      : []),
    ...(hold === undefined ? [words.label('guard.unheld')] : []),
    ...(['dirty', 'cache'] as const).flatMap((bound) => {
      const found = inherited?.[bound];
      if (found === undefined) return [];
      const size = bytes(found.bytes);
      return found.wornOffSeconds === undefined
        ? [words.label(`guard.inherited.${bound}-still`, { size })]
        : [words.label(`guard.inherited.${bound}`, { size, time: seconds(found.wornOffSeconds) })];
    }),
  ];
}

function ofBound(peakBytes: number, boundBytes: number): Record<'peak' | 'bound' | 'share', MessageValue> {
  return { peak: bytes(peakBytes), bound: bytes(boundBytes), share: ratio(peakBytes / boundBytes) };
}

function figures({ peak, bounds, passed, measuredBy, writtenBytes, droppedBytes, hold }: GuardReport, { words }: Page): string[] {
  const { dirtyBytes, cachedBytes } = peak;
  const estimated = measuredBy === 'cgroup' ? '' : '-estimated';
  return [
    ...(passed.includes('dirty') ? [] : [words.label(`guard.peak${estimated}`, ofBound(dirtyBytes, bounds.dirtyBytes))]),
    ...(passed.includes('cache') || cachedBytes === undefined
      ? []
      : [words.label('guard.cached', { peak: bytes(cachedBytes), bound: bytes(bounds.cacheBytes) })]),
    ...(writtenBytes === undefined ? [] : [words.label('guard.written', { size: bytes(writtenBytes) })]),
    ...(droppedBytes === undefined ? [] : [words.label('guard.dropped', { size: bytes(droppedBytes) })]),
    ...(hold === undefined
      ? []
      : [
          words.label('guard.held', {
            times: hold.times,
            by: words.label(`guard.hold.${hold.by}`),
            total: seconds(hold.seconds),
            longest: seconds(hold.longestSeconds),
          }),
        ]),
  ];
}

function means({ measuredBy, writesWith, files, filesWithoutNeed }: GuardReport, { words }: Page): string[] {
  return [
    words.label('guard.means', { measure: words.label(`guard.measure.${measuredBy}`), call: writesWith }),
    words.label('guard.files', { files: files }),
    ...(filesWithoutNeed === 0 ? [] : [words.label('guard.files-without-need', { files: filesWithoutNeed })]),
  ];
}

function troubles({ gaveWay, notHelped, notHelpedCount }: GuardReport, { words }: Page): string[] {
  const more = notHelpedCount - notHelped.length;
  return [
    ...(gaveWay === 0 ? [] : [words.label('guard.gave-way', { times: gaveWay })]),
    ...notHelped.map(({ path, why }) =>
      words.label('guard.not-helped', { path: printable(path), why: words.label(`guard.why.${why}`) }),
    ),
    ...(more === 0 ? [] : [words.label('guard.not-helped-more', { files: more })]),
  ];
}
