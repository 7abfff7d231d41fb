import { bytes, type ImportReport, seconds } from '../../model/index.js';
import { printable } from '../../words/printable.js';
import { span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { heading, labelled, type Page, page, print, type TerminalStyle } from './page.js';

const INDENT = '  ';

/** What `oomkit import` prints when it is done. */
export function renderImport(report: ImportReport, style: TerminalStyle): string {
  const sheet = page(style);
  const { words } = sheet;
  const facts = [
    ['import.fact.image', [imageText(report, sheet)]],
    ['import.fact.read', [readText(report, sheet)]],
    ['import.fact.written', [writtenText(report, sheet)]],
    ['import.fact.memory', memoryText(report, sheet)],
    ['import.fact.checked', checkedText(report, sheet)],
  ] as const;
  const rows = facts.flatMap(([key, texts]) => texts.map((text) => ({ label: span(words.label(key), sheet.colors.dim), text })));
  const width = Math.max(...rows.map(({ label }) => displayWidth(label.text))) + 2;
  const title = words.label('import.title', { source: printable(report.source), target: printable(report.target) });
  return print([
    heading(title, sheet),
    ...rows.flatMap(({ label, text }) => labelled(label, width, [span(text)], INDENT, sheet)),
  ]);
}

function imageText({ format, layers, virtualSizeBytes, targetSizeBytes }: ImportReport, { words }: Page): string {
  const size = bytes(virtualSizeBytes);
  const image =
    layers.length === 0
      ? words.label('import.image', { format, size })
      : words.label('import.image.wrapped', { format, size, layers: layers.join(', ') });
  if (targetSizeBytes === virtualSizeBytes) return image;
  return words.label('import.image.grown', { image, target: bytes(targetSizeBytes) });
}

function readText({ bytesRead, wallSeconds, resumedFromBytes, retries }: ImportReport, { words }: Page): string {
  const read = { size: bytes(bytesRead), wall: seconds(wallSeconds) };
  if (resumedFromBytes !== undefined) {
    const at = bytes(resumedFromBytes);
    if (retries === 0) return words.label('import.read.resumed', { ...read, at });
    return words.label('import.read.resumed-retried', { ...read, at, retries });
  }
  return retries === 0 ? words.label('import.read', read) : words.label('import.read.retried', { ...read, retries });
}

function writtenText(report: ImportReport, sheet: Page): string {
  const { bytesWritten, virtualSizeBytes } = report;
  const way = wayText(report, sheet);
  if (bytesWritten === undefined) return way;
  const key = bytesWritten < virtualSizeBytes ? 'import.written' : 'import.written.whole';
  return sheet.words.label(key, { size: bytes(bytesWritten), way });
}

/** O_DIRECT is past the page cache only where nothing is known to buffer all the same. */
function wayText({ cacheMode, buffering, bufferingDevice, dirtyBoundBytes }: ImportReport, { words }: Page): string {
  if (cacheMode !== 'none' || buffering === undefined) return words.label(`import.way.${cacheMode}`);
  const way = words.label(`import.way.${buffering}`, { device: bufferingDevice ?? 'loop' });
  if (dirtyBoundBytes === undefined) return words.label('import.way.waited-for', { way });
  return words.label('import.way.kept-below', { way, bound: bytes(dirtyBoundBytes) });
}

function memoryText({ peakChargedBytes, peakDirtyBytes, peakResidentBytes }: ImportReport, { words }: Page): string[] {
  if (peakChargedBytes !== undefined && peakDirtyBytes !== undefined) {
    return [words.label('import.memory', { charged: bytes(peakChargedBytes), dirty: bytes(peakDirtyBytes) })];
  }
  return peakResidentBytes === undefined ? [] : [words.label('import.memory.shared', { resident: bytes(peakResidentBytes) })];
}

function checkedText({ checksum, verified }: ImportReport, { words }: Page): string[] {
  return [
    ...(checksum === undefined ? [] : [words.label('import.checked.checksum', { checksum })]),
    ...(verified ? [words.label('import.checked.verified')] : []),
  ];
}
