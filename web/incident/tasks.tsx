import { useMemo, useState } from 'preact/hooks';
import type { OomReport } from '../../src/model/index.js';
import { cite } from '../../src/render/view/citation.js';
import { taskView } from '../../src/render/view/tasks.js';
import type { LabelKey } from '../../src/words/messages/index.js';
import { printable } from '../../src/words/printable.js';
import { usePage } from '../parts/context.js';
import { Bytes, Cited, Prose, Scroll, Section } from '../parts/text.js';
import {
  hasParents,
  type TaskArrangement,
  type TaskColumnId,
  type TaskLine,
  type TaskOrder,
  taskColumns,
  taskLines,
} from './task-order.js';

/** More rows come when asked for: a node may have thousands of tasks. */
const ROWS_AT_ONCE = 50;

/** Deeper than this a tree is not indented further. */
const DEEPEST = 10;

const HEADERS = {
  name: 'column.name',
  pid: 'column.pid',
  rssBytes: 'column.rss',
  rssAnonBytes: 'column.anon',
  rssFileBytes: 'column.file',
  rssShmemBytes: 'column.shmem',
  swapBytes: 'column.swap',
  pageTablesBytes: 'column.page-tables',
  oomScoreAdj: 'column.oom-score-adj',
} as const satisfies Record<TaskColumnId, LabelKey>;

/**
 * The table of tasks: sorted by any column, searched, those of one name together or each below its parent when asked, RSS drawn.
 * `isAlive`: nobody was killed, and the victim is whom the kernel would choose.
 */
export function Tasks({ report, isAlive = false }: { readonly report: OomReport; readonly isAlive?: boolean }) {
  const { words } = usePage();
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<TaskOrder>({ by: 'rssBytes', descending: true });
  const [arrangement, setArrangement] = useState<TaskArrangement>('flat');
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const lines = useMemo(() => taskLines(report, search, order, arrangement), [report, search, order, arrangement]);
  const view = taskView(report, false);
  if (view === undefined) return null;
  const columns = taskColumns(report);
  const most = Math.max(1, ...lines.map(({ sizes }) => sizes.rssBytes ?? 0));
  const sortBy = (by: TaskColumnId): void =>
    setOrder(order.by === by ? { by, descending: !order.descending } : { by, descending: by !== 'name' && by !== 'pid' });
  return (
    <Section
      title={words.label('heading.tasks')}
      id="tasks-heading"
      aside={
        <>
          {(['by-name', ...(hasParents(report) ? (['by-parent'] as const) : [])] as const).map((choice) => (
            <label key={choice} class="check">
              <input
                type="checkbox"
                checked={arrangement === choice}
                onInput={({ currentTarget }) => setArrangement(currentTarget.checked ? choice : 'flat')}
              />
              {words.label(`page.tasks.${choice}`)}
            </label>
          ))}
          <input
            type="search"
            value={search}
            placeholder={words.label('page.tasks.search')}
            aria-label={words.label('page.tasks.search')}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </>
      }
    >
      <p class="lead">
        <Prose of={view.summary} />
      </p>
      <Scroll labelledBy="tasks-heading">
        <table class="tasks">
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column}
                  scope="col"
                  class={column === 'name' ? '' : 'number'}
                  aria-sort={order.by === column ? (order.descending ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" class="sort" onClick={() => sortBy(column)}>
                    {words.label(HEADERS[column])}
                    <span aria-hidden="true">{order.by === column ? (order.descending ? ' ▾' : ' ▴') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, shown).map((line) => (
              <TaskLines
                key={`${line.rows[0]?.line} ${line.comm}`}
                line={line}
                columns={columns}
                most={most}
                report={report}
                isAlive={isAlive}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
      {lines.length === 0 ? <p class="lead">{words.label('page.tasks.none')}</p> : null}
      {lines.length > shown ? (
        <button type="button" class="quiet" onClick={() => setShown(shown + 10 * ROWS_AT_ONCE)}>
          {words.label('page.more', { count: lines.length - shown })}
        </button>
      ) : null}
    </Section>
  );
}

/** A line, and under a line of several tasks each of them when it was opened. */
function TaskLines({
  line,
  columns,
  most,
  report,
  isAlive,
}: {
  readonly line: TaskLine;
  readonly columns: readonly TaskColumnId[];
  readonly most: number;
  readonly report: OomReport;
  readonly isAlive: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const cells = { columns, most, report, isAlive };
  return (
    <>
      <TaskCells line={line} {...cells} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
      {isOpen && line.rows.length > 1
        ? line.rows.map((row) => (
            <TaskCells key={row.line} line={{ comm: row.comm, depth: 1, rows: [row], isKilled: false, sizes: row }} {...cells} />
          ))
        : null}
    </>
  );
}

function TaskCells({
  line: { comm, depth, rows, isKilled, sizes },
  columns,
  most,
  report,
  isAlive,
  isOpen = false,
  onToggle,
}: {
  readonly line: TaskLine;
  readonly columns: readonly TaskColumnId[];
  readonly most: number;
  readonly report: OomReport;
  readonly isAlive: boolean;
  readonly isOpen?: boolean;
  readonly onToggle?: () => void;
}) {
  const { words, hasLines } = usePage();
  const [row] = rows;
  if (row === undefined) return null;
  const from = [row.source === undefined ? { source: report.source, line: row.line } : { source: row.source }];
  return (
    <tr class={isKilled ? 'killed' : ''} data-pid={rows.length === 1 ? row.pid : undefined}>
      {columns.map((column) => {
        if (column === 'name') {
          return (
            <th scope="row" key={column} style={{ paddingInlineStart: `${0.2 + 1.2 * Math.min(depth, DEEPEST)}rem` }}>
              {rows.length > 1 ? (
                <button type="button" class="fold" aria-expanded={isOpen} onClick={onToggle}>
                  {printable(comm)} ×{rows.length}
                </button>
              ) : (
                <span class="comm">{printable(comm)}</span>
              )}
              {isKilled ? <span class="killed-mark">{words.label(isAlive ? 'page.would-be-killed' : 'page.killed')}</span> : null}
            </th>
          );
        }
        if (column === 'pid') {
          return (
            <td key={column} class="number" title={rows.length > 1 ? undefined : cite(from).join(', ')}>
              {rows.length > 1 ? '' : row.pid} {rows.length > 1 || !hasLines(from) ? null : <Cited from={from} />}
            </td>
          );
        }
        if (column === 'oomScoreAdj') {
          return (
            <td key={column} class="number">
              {sizes.oomScoreAdj ?? ''}
            </td>
          );
        }
        const size = sizes[column];
        return (
          <td key={column} class={column === 'rssBytes' ? 'number drawn' : 'number'}>
            {column === 'rssBytes' ? (
              <span class="drawn-bar" aria-hidden="true" style={{ width: `${((size ?? 0) / most) * 100}%` }} />
            ) : null}
            <Bytes of={size} />
          </td>
        );
      })}
    </tr>
  );
}
