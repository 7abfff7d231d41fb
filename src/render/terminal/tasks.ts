import type { OomReport } from '../../model/index.js';
import { printable } from '../../words/printable.js';
import { alignColumns, alignedWidth, shrinkColumns } from '../text/columns.js';
import { type Line, type Span, span } from '../text/span.js';
import { cutToWidth } from '../text/width.js';
import { type TaskView, taskView } from '../view/tasks.js';
import { heading, type Page } from './page.js';

/** Room for a command: the kernel keeps 15 bytes of it (TASK_COMM_LEN, include/linux/sched.h). */
const COMM_WIDTH = 15;
const NARROWEST_COMM = 8;

/** The task table, victims marked. The kinds of RSS are shown where there is room for them. */
export function tasksSection(report: OomReport, page: Page): Line[] {
  const { words, colors } = page;
  const whole = taskView(report, true);
  if (whole === undefined) return [];
  const view = alignedWidth(taskCells(whole, page)) <= page.width ? whole : (taskView(report, false) ?? whole);
  const name = { index: view.columns.length + 2, least: NARROWEST_COMM };
  const summary = [span(words.render(view.summary)), span('  '), span(words.label('tasks.victim'), colors.red)];
  return [
    [...heading(words.label('heading.tasks'), page), span('  '), ...summary],
    ...alignColumns(shrinkColumns(taskCells(view, page), page.width, [name]), [
      'left',
      'right',
      ...view.columns.map(() => 'right' as const),
      'left',
    ]),
  ];
}

function taskCells({ columns, tasks }: TaskView, { words, colors }: Page): Span[][] {
  const none = words.label('none');
  const headers = ['column.pid' as const, ...columns.map(({ header }) => header), 'column.name' as const];
  return [
    [span(''), ...headers.map((key) => span(words.label(key), colors.dim))],
    [span(''), span(''), ...columns.map(({ unit }) => span(unit === undefined ? '' : words.label(unit), colors.dim))],
    ...tasks.map(({ row, killed, numbers }) => {
      const paint = killed ? colors.red : undefined;
      const shown = [String(row.pid), ...numbers.map((number) => (number === undefined ? none : String(number)))];
      return [
        span(killed ? '>' : '', paint),
        ...shown.map((text) => span(text, paint)),
        span(cutToWidth(printable(row.comm), COMM_WIDTH), paint),
      ];
    }),
  ];
}
