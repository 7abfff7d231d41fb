import { bytes, type GuardReport, ratio, seconds } from '../../model/index.js';
import { printable } from '../../words/printable.js';
import { line } from '../text/span.js';
import { heading, type Page, page, print, type TerminalStyle } from './page.js';

/** What `oomkit guard --report` prints. */
export function renderGuard(report: GuardReport, style: TerminalStyle): string {
  const sheet = page(style);
  const { words } = sheet;
  const { target } = report;
  const title = words.label(`guard.title.${target.kind}`, { name: target.name, wall: seconds(report.wallSeconds) });
  const lines = [...figures(report, sheet), ...means(report, sheet), ...troubles(report, sheet)];
  return print([heading(title, sheet), ...lines.map((text) => line(`  ${text}`))]);
}

function figures({ peak, bounds, writtenBytes, droppedBytes, ...report }: GuardReport, { words }: Page): string[] {
  return [
    words.label(report.measuredBy === 'cgroup' ? 'guard.peak' : 'guard.peak-estimated', {
      peak: bytes(peak.dirtyBytes),
      bound: bytes(bounds.dirtyBytes),
      share: ratio(peak.dirtyBytes / bounds.dirtyBytes),
    }),
    ...(peak.cachedBytes === undefined
      ? []
      : [words.label('guard.cached', { peak: bytes(peak.cachedBytes), bound: bytes(bounds.cacheBytes) })]),
    ...(writtenBytes === undefined ? [] : [words.label('guard.written', { size: bytes(writtenBytes) })]),
    ...(droppedBytes === undefined ? [] : [words.label('guard.dropped', { size: bytes(droppedBytes) })]),
    words.label('guard.paused', {
      pauses: report.pauses,
      total: seconds(report.pausedSeconds),
      longest: seconds(report.longestPauseSeconds),
    }),
  ];
}

function means({ measuredBy, pausedBy, writesWith, files, filesWithoutNeed }: GuardReport, { words }: Page): string[] {
  return [
    words.label('guard.means', {
      measure: words.label(`guard.measure.${measuredBy}`),
      pause: words.label(`guard.pause.${pausedBy}`),
      call: writesWith,
    }),
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
