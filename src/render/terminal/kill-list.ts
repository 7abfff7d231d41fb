import type { OomKill } from '../../model/index.js';
import { formatAge } from '../../words/format/age.js';
import { formatBytes } from '../../words/format/size.js';
import type { LabelKey } from '../../words/messages/index.js';
import { printable } from '../../words/printable.js';
import { alignColumns } from '../text/columns.js';
import { span } from '../text/span.js';
import type { Words } from '../view/words.js';
import { page, print, type TerminalStyle } from './page.js';

export interface KillListStyle extends TerminalStyle {
  readonly allNamespaces: boolean;
  /** Now, in milliseconds since 1970, by the server's clock. */
  readonly nowMs: number;
  readonly headers: boolean;
}

interface Column {
  readonly header: Extract<LabelKey, `kills.column.${string}`>;
  readonly cell: (kill: OomKill, words: Words, nowMs: number) => string | undefined;
  readonly shown: (style: KillListStyle) => boolean;
}

const always = () => true;
const inWide = ({ wide = false }: KillListStyle) => wide;

const COLUMNS: readonly Column[] = [
  { header: 'kills.column.namespace', shown: ({ allNamespaces }) => allNamespaces, cell: ({ namespace }) => namespace },
  { header: 'kills.column.pod', shown: always, cell: ({ pod }) => pod },
  { header: 'kills.column.container', shown: always, cell: ({ container }) => container },
  {
    header: 'kills.column.verdict',
    shown: always,
    cell: ({ verdict, other }, words) => words.label(other === undefined ? `kills.verdict.${verdict}` : `kills.other.${other}`),
  },
  { header: 'kills.column.reason', shown: always, cell: ({ reason }) => reason },
  { header: 'kills.column.exit', shown: always, cell: ({ exitCode }) => exitCode?.toString() },
  { header: 'kills.column.restarts', shown: always, cell: ({ restartCount }) => restartCount?.toString() },
  { header: 'kills.column.limit', shown: always, cell: ({ limitBytes }) => sizeCell(limitBytes) },
  { header: 'kills.column.killed', shown: always, cell: ({ finishedAt }, _, nowMs) => ageCell(finishedAt, nowMs) },
  { header: 'kills.column.ran', shown: inWide, cell: ranCell },
  { header: 'kills.column.request', shown: inWide, cell: ({ requestBytes }) => sizeCell(requestBytes) },
  { header: 'kills.column.node', shown: inWide, cell: ({ node }) => node },
  { header: 'kills.column.role', shown: inWide, cell: ({ role }) => role },
  { header: 'kills.column.seen-in', shown: inWide, cell: ({ seenIn }, words) => words.label(`kills.seen-in.${seenIn}`) },
  {
    header: 'kills.column.because',
    shown: inWide,
    cell: ({ because: [first] }, words) => (first === undefined ? undefined : words.render(first)),
  },
];

/** The table of `oomkit list`, as kubectl prints tables. What is not known is `<none>`. */
export function renderKills(kills: readonly OomKill[], style: KillListStyle): string {
  const { words, colors } = page(style);
  const columns = COLUMNS.filter(({ shown }) => shown(style));
  const rows = [
    ...(style.headers ? [columns.map(({ header }) => span(words.label(header), colors.bold))] : []),
    ...kills.map((kill) => columns.map(({ cell }) => span(printable(cell(kill, words, style.nowMs) ?? '<none>')))),
  ];
  const lines = alignColumns(
    rows,
    columns.map(() => 'left'),
  );
  return print(lines).replace(/ +$/gm, '');
}

function sizeCell(size: number | undefined): string | undefined {
  return size === undefined ? undefined : formatBytes(size);
}

function ageCell(time: string | undefined, nowMs: number): string | undefined {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? undefined : formatAge((nowMs - at) / 1000);
}

function ranCell({ startedAt, finishedAt }: OomKill): string | undefined {
  const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
  return Number.isNaN(seconds) ? undefined : formatAge(seconds);
}
