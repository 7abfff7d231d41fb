import { type Accounting, bytes, type Message, nested, type Provenance, type TaskRow } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { enumeration } from './facts.js';
import { say } from './words.js';

/** Commands named in the summary of processes. */
const MOST_COMMANDS = 3;

/** What a tool an operator knows would have shown just before the kill. */
export interface ToolRow {
  readonly tool: Extract<LabelKey, `tool.${string}`>;
  readonly bytes?: number;
  readonly explanation: Message;
  readonly from: readonly Provenance[];
}

/** The same memory as `ps`, `kubectl top` and the sum over processes show it. */
export function toolRows(
  { scope, chargedHow, processes, workingSetBytes, heldByNoProcessBytes }: Accounting,
  tasks: readonly TaskRow[],
): ToolRow[] {
  const rows: ToolRow[] = [];
  if (processes !== undefined) {
    const count = processes.count;
    const explanation =
      tasks.length === 0
        ? say('tool.ps.explained-bare', { count })
        : say('tool.ps.explained', { count, largest: nested(enumeration(largestCommands(tasks))) });
    rows.push({ tool: 'tool.ps', bytes: processes.rssBytes, explanation, from: processes.from });
  }
  if (workingSetBytes !== undefined) {
    rows.push({ tool: 'tool.kubectl-top', bytes: workingSetBytes, explanation: say('tool.kubectl-top.explained'), from: [] });
  } else if (scope === 'memcg' && (chargedHow === 'measured' || processes !== undefined)) {
    rows.push({ tool: 'tool.kubectl-top', explanation: say('tool.kubectl-top.unknown'), from: [] });
  }
  if (heldByNoProcessBytes !== undefined) {
    rows.push({ tool: 'tool.no-process', bytes: heldByNoProcessBytes, explanation: say('tool.no-process.explained'), from: [] });
  }
  return rows;
}

/** The commands with most resident memory, processes of the same name taken together. */
function largestCommands(tasks: readonly TaskRow[]): Message[] {
  const commands = new Map<string, { count: number; rssBytes: number }>();
  for (const { comm, rssBytes } of tasks) {
    const known = commands.get(comm) ?? { count: 0, rssBytes: 0 };
    commands.set(comm, { count: known.count + 1, rssBytes: known.rssBytes + rssBytes });
  }
  const sorted = [...commands].sort(([, a], [, b]) => b.rssBytes - a.rssBytes);
  const named = sorted
    .slice(0, MOST_COMMANDS)
    .map(([comm, { count, rssBytes }]) =>
      count === 1
        ? say('tool.process', { comm, size: bytes(rssBytes) })
        : say('tool.processes', { comm, count, size: bytes(rssBytes) }),
    );
  const left = sorted.length - named.length;
  return left === 0 ? named : [...named, say('list.more', { count: left })];
}
