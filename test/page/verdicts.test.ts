import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import { withoutCopies } from '../../src/inquiry/copies.js';
import { printJson, toDiagnosisList } from '../../src/render/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { readReports } from '../../src/sources/kernel-log/readers/read-reports.js';
import { printable } from '../../src/words/printable.js';
import { type ShownIncident, shownIncidents } from './support/shown.js';
import { open, skipBrowser, visit } from './support/visit.js';

const LOGS = 'test/fixtures/oom-logs';
/** Of the logs made on real kernels a few: their like is read by other tests in hundreds. */
const KERNEL_MADE = [
  '6.1-v1-node-memory.log',
  '6.12-v2-dirty-page-cache.log',
  '7.3-v2-group-kill.log',
  '6.18-v1-page-cache-dirty.kmsg',
];
interface JsonDiagnosis {
  readonly incident: {
    readonly report: {
      readonly killed: readonly { readonly pid: number }[];
      readonly followingKills: readonly { readonly pid: number }[];
      readonly taskTable?: { readonly rows: readonly { pid: number; comm: string; rssBytes: number }[] };
    };
  };
  readonly accounting?: {
    readonly chargedBytes: number;
    readonly chargedHow: string;
    readonly limitBytes?: number;
    readonly lines: readonly (JsonPart & { readonly parts: readonly JsonPart[] })[];
  };
  readonly causes: readonly { readonly title: string; readonly confidence: number }[];
}

interface JsonPart {
  readonly id: string;
  readonly bytes: number;
  readonly how: string;
}

/** What `oomkit diagnose FILE… -o json` prints. */
async function jsonOf(paths: readonly string[]): Promise<readonly JsonDiagnosis[]> {
  const { reports } = await readReports(paths.map((path) => ({ kind: 'path', path })));
  const { incidents } = withoutCopies(reports.map(toIncident));
  return (JSON.parse(printJson(toDiagnosisList(incidents.map(diagnose), [], { lang: 'en' }))) as { items: JsonDiagnosis[] })
    .items;
}

/** How the page has to show a diagnosis of the JSON. */
function expected({ incident: { report }, accounting, causes }: JsonDiagnosis): ShownIncident {
  const [cause] = causes;
  const dead = new Set([...report.killed, ...report.followingKills].map(({ pid }) => pid));
  const row = ({ id, bytes, how }: JsonPart) => ({ id, bytes: how === 'absent' ? undefined : bytes, how });
  const memory = (accounting?.lines ?? []).flatMap((line) =>
    [line, ...line.parts.filter(({ how }) => how !== 'absent')].map(row),
  );
  const { chargedBytes = 0, chargedHow = '', limitBytes = 0 } = accounting ?? {};
  const left = limitBytes - chargedBytes;
  return {
    title: (cause?.title ?? '').replaceAll('`', ''),
    confidence: (cause?.confidence ?? 0).toFixed(2),
    memory: [
      ...memory,
      ...(accounting === undefined ? [] : [{ id: 'charged', bytes: chargedBytes, how: chargedHow }]),
      ...(left > chargedBytes / 100 ? [{ id: 'free', bytes: left, how: 'derived' }] : []),
    ],
    tasks: [...(report.taskTable?.rows ?? [])]
      .sort((a, b) => b.rssBytes - a.rssBytes)
      .map(({ pid, comm, rssBytes }) => ({
        pid,
        name: printable(comm).replace(/\s+/g, ' ').trim(),
        rssBytes,
        killed: dead.has(pid),
      })),
  };
}

describe.skipIf(skipBrowser())('the page', () => {
  it('shows the verdict, the memory and the tasks of every real log as -o json has them', async () => {
    const paths = [
      ...readdirSync(LOGS, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => join(LOGS, name)),
      ...KERNEL_MADE.map((name) => join('test/fixtures/kernel-made', name)),
    ];
    const items = await jsonOf(paths);
    const page = await visit();
    await open(page, paths);
    const shown = await shownIncidents(page);
    expect(shown.length).toBeGreaterThan(80);
    for (const [index, item] of items.entries()) expect({ index, ...shown[index] }).toEqual({ index, ...expected(item) });
    expect(shown.length).toBe(items.length);
  });
});
