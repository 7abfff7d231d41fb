import { useMemo, useState } from 'preact/hooks';
import type { DiagnosedIncident } from '../../src/inquiry/opened.js';
import type { Excerpt, Provenance } from '../../src/model/index.js';
import { lineOf } from '../../src/sources/kernel-log/excerpt-keeper.js';
import { type Page, PageContext, usePage } from '../parts/context.js';
import { AdviceList, Evidence, KnownIssues } from './causes.js';
import { Facts, Warnings } from './facts.js';
import { History } from './history.js';
import { LogLines, type Marked } from './log.js';
import { Composition, MemoryTable, Tools } from './memory.js';
import { NodeMemory } from './node.js';
import { Tasks } from './tasks.js';
import { Verdict } from './verdict.js';

/** One incident: the verdict first, then what it stands on, with the log beside it. */
export function IncidentView({
  index,
  incident: { diagnosis, excerpt },
}: {
  readonly index: number;
  readonly incident: DiagnosedIncident;
}) {
  const page = usePage();
  const [marked, setMarked] = useState<Marked>({ lines: new Set(), wish: 0 });
  const followed = useMemo<Page>(
    () => ({
      ...page,
      hasLines: (from) => linesIn(excerpt, from).length === from.length,
      showLines: (from, origin) => setMarked(({ wish }) => ({ lines: new Set(linesIn(excerpt, from)), wish: wish + 1, origin })),
    }),
    [page, excerpt],
  );
  const { incident, accounting, causes, knownIssues, warnings } = diagnosis;
  return (
    <PageContext.Provider value={followed}>
      <article class={excerpt === undefined ? 'incident' : 'incident with-log'} data-index={index}>
        <div class="story">
          <Verdict diagnosis={diagnosis} />
          {accounting === undefined ? (
            <p class="lead">{page.words.label('memory.unknown')}</p>
          ) : (
            <Composition accounting={accounting} />
          )}
          <Evidence causes={causes} />
          <AdviceList causes={causes} />
          {accounting === undefined ? null : <MemoryTable accounting={accounting} />}
          {accounting === undefined ? null : <Tools accounting={accounting} report={incident.report} />}
          <History diagnosis={diagnosis} />
          <Tasks report={incident.report} />
          <NodeMemory report={incident.report} />
          <Facts incident={incident} />
          <KnownIssues issues={knownIssues} />
          <Warnings warnings={warnings} />
        </div>
        {excerpt === undefined ? null : <LogLines excerpt={excerpt} marked={marked} />}
      </article>
    </PageContext.Provider>
  );
}

/** The cited lines that an excerpt has. */
function linesIn(excerpt: Excerpt | undefined, from: readonly Provenance[]): number[] {
  if (excerpt === undefined) return [];
  return from.flatMap(({ source, line }) =>
    source === excerpt.source && line !== undefined && lineOf(excerpt, line) !== undefined ? [line] : [],
  );
}
