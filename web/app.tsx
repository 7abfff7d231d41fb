import type { ComponentChild } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DiagnosedIncident } from '../src/inquiry/opened.js';
import { headline } from '../src/render/view/headline.js';
import type { Language } from '../src/words/language.js';
import { printable } from '../src/words/printable.js';
import { Header } from './header.js';
import { IncidentView } from './incident/view.js';
import { Landing } from './landing.js';
import { IncidentList } from './list/list.js';
import { ComparisonView, RunsBesideEachOther } from './parts/comparison.js';
import { PageContext, pageIn, usePage } from './parts/context.js';
import { HeapPage } from './parts/heap.js';
import { InspectionView } from './parts/inspection.js';
import { RunView } from './parts/recording.js';
import { Prose } from './parts/text.js';
import { firstLanguage, hasChosenLanguage, remember } from './settings.js';
import { hasContent, NOTHING, newestShown, type Shown } from './shown.js';
import { useTheme } from './theme.js';
import { ShelfClient } from './worker/client.js';
import type { HeapQuestion, IncidentSummary, OpenedSummary } from './worker/protocol.js';

interface Working {
  readonly name: string;
  readonly share: number;
}

/** The whole page. `script` is its own text, from which the worker is made; `evidence` what came inside it. */
export function App({ script, evidence }: { readonly script: string; readonly evidence: string }) {
  const [lang, setLang] = useState<Language>(firstLanguage);
  const [theme, chooseTheme] = useTheme();
  const [working, setWorking] = useState<Working | undefined>(undefined);
  const [incidents, setIncidents] = useState<readonly IncidentSummary[]>([]);
  const [summary, setSummary] = useState<OpenedSummary>(NOTHING);
  const [selected, setSelected] = useState<number | undefined>(undefined);
  const [incident, setIncident] = useState<(DiagnosedIncident & { readonly index: number }) | undefined>(undefined);
  const [shown, setShown] = useState<Shown>({ kind: 'incidents' });
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [isDragging, setDragging] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const arriving = useRef<IncidentSummary[]>([]);
  const had = useRef<OpenedSummary>(NOTHING);

  const page = useMemo(() => pageIn(lang, summary.sentences), [lang, summary]);
  const client = useMemo(
    () =>
      new ShelfClient(script, {
        progress: (name, share) => setWorking({ name, share }),
        incidents: (portion) => {
          arriving.current.push(...portion);
        },
      }),
    [script],
  );

  const take = useCallback(async (answer: Promise<OpenedSummary>): Promise<void> => {
    arriving.current = [];
    setProblem(undefined);
    setWorking({ name: '', share: 0 });
    try {
      const opened = await answer;
      const all = arriving.current;
      setIncidents(all);
      const before = had.current;
      had.current = opened;
      setSummary(opened);
      setShown((shown) => newestShown(opened, before) ?? shown);
      setSelected((selected) => (all.length > before.incidents ? before.incidents : all.length === 0 ? undefined : selected));
      if (opened.lang !== undefined && !hasChosenLanguage()) setLang(opened.lang);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setWorking(undefined);
    }
  }, []);

  const openText = (name: string, text: string): void => void take(client.ask<'open-text'>({ kind: 'open-text', name, text }));
  const openFiles = useCallback(
    (files: readonly File[]): void => {
      if (files.length > 0) void take(client.ask<'open-files'>({ kind: 'open-files', files }));
    },
    [client, take],
  );
  const startOver = async (): Promise<void> => {
    await take(client.ask<'clear'>({ kind: 'clear' }));
    setIncident(undefined);
  };

  useEffect(() => {
    if (evidence !== '') void take(client.ask<'open-evidence'>({ kind: 'open-evidence', text: evidence, base: location.href }));
  }, [evidence, client, take]);

  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);

  useEffect(() => {
    if (selected === undefined) return;
    let isWanted = true;
    client
      .ask<'incident'>({ kind: 'incident', index: selected })
      .then((answer) => {
        if (isWanted) setIncident({ ...answer, index: selected });
      })
      .catch((error: Error) => setProblem(error.message));
    return () => {
      isWanted = false;
    };
  }, [selected, client]);

  useEffect(() => {
    document.title =
      shown.kind === 'incidents' && incident !== undefined
        ? `${page.words.render(headline(incident.diagnosis))} – oomkit`
        : `oomkit – ${page.words.label('page.title')}`;
  }, [page, incident, shown]);

  // What the focus was on is gone, or is not what a reader now wants to go on from.
  useEffect(() => {
    main.current?.focus({ preventScroll: true });
  }, [summary]);

  useDropping(openFiles, setDragging);
  const askHeap = useCallback((question: HeapQuestion) => client.ask<'heap'>({ kind: 'heap', ...question }), [client]);

  return (
    <PageContext.Provider value={page}>
      <Header
        hasContent={hasContent(summary)}
        theme={theme}
        onTheme={chooseTheme}
        onLanguage={(chosen) => {
          remember('lang', chosen);
          setLang(chosen);
        }}
        onOpen={() => chooser.current?.click()}
        onStartOver={() => void startOver()}
      />
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onInput={({ currentTarget }) => {
          openFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      {working === undefined ? null : <Progress working={working} />}
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {page.words.label('page.failed', { detail: problem })}
        </p>
      )}
      <OpenProblems summary={summary} />
      {hasContent(summary) ? (
        <main class="results" ref={main} tabIndex={-1}>
          <h1 class="visually-hidden">{page.words.label('page.title')}</h1>
          <Contents summary={summary} incidents={incidents.length} shown={shown} onShow={setShown} />
          {shown.kind === 'incidents' && incidents.length > 1 ? (
            <IncidentList incidents={incidents} selected={selected} onSelect={setSelected} />
          ) : null}
          {shown.kind === 'incidents' && incident !== undefined && selected !== undefined ? (
            <IncidentView key={incident.index} index={incident.index} incident={incident} />
          ) : null}
          {shown.kind === 'inspection'
            ? of(summary.inspections, shown.index, (inspection) => <InspectionView inspection={inspection} />)
            : null}
          {shown.kind === 'run'
            ? of(summary.runs, shown.index, (opened) => <RunView key={opened.source} opened={opened} />)
            : null}
          {shown.kind === 'comparison'
            ? of(summary.comparisons, shown.index, (opened) => <ComparisonView opened={opened} />)
            : null}
          {shown.kind === 'beside' ? <RunsBesideEachOther runs={summary.runs} /> : null}
          {shown.kind === 'heap' ? <HeapPage index={shown.index} ask={askHeap} diagnosis={incident?.diagnosis} /> : null}
        </main>
      ) : (
        <Landing onText={openText} onChooseFiles={() => chooser.current?.click()} />
      )}
      {isDragging ? <div class="drop">{page.words.label('page.drop')}</div> : null}
    </PageContext.Provider>
  );
}

function of<T>(items: readonly T[], index: number, view: (item: T) => ComponentChild): ComponentChild {
  const item = items[index];
  return item === undefined ? null : view(item);
}

/** What of the files could not be read or is worth knowing. */
function OpenProblems({ summary: { warnings } }: { readonly summary: OpenedSummary }) {
  if (warnings.length === 0) return null;
  return (
    <div class="problems" role="status">
      {warnings.map((warning, index) => (
        <p key={index}>
          <Prose of={warning} />
        </p>
      ))}
    </div>
  );
}

/** Everything that was opened, to choose from; nothing when it is one thing only. */
function Contents({
  summary,
  incidents,
  shown,
  onShow,
}: {
  readonly summary: OpenedSummary;
  readonly incidents: number;
  readonly shown: Shown;
  readonly onShow: (shown: Shown) => void;
}) {
  const { words } = usePage();
  const items: { shown: Shown; name: string }[] = [
    ...(incidents > 0
      ? [{ shown: { kind: 'incidents' } as const, name: words.label('incidents.count', { count: incidents }) }]
      : []),
    ...(summary.runs.length > 1 ? [{ shown: { kind: 'beside' } as const, name: words.label('page.beside') }] : []),
    ...summary.runs.map(({ source }, index) => ({ shown: { kind: 'run', index } as const, name: source })),
    ...summary.comparisons.map(({ source }, index) => ({ shown: { kind: 'comparison', index } as const, name: source })),
    ...summary.inspections.map(({ query }, index) => ({
      shown: { kind: 'inspection', index } as const,
      name: words.label('page.state', { name: query }),
    })),
    ...summary.heaps.map(({ source }, index) => ({ shown: { kind: 'heap', index } as const, name: source })),
  ];
  if (items.length < 2) return null;
  return (
    <nav class="contents" aria-label={words.label('page.contents')}>
      {items.map(({ shown: target, name }) => (
        <button
          type="button"
          key={JSON.stringify(target)}
          aria-current={JSON.stringify(target) === JSON.stringify(shown) ? 'page' : undefined}
          onClick={() => onShow(target)}
        >
          {printable(name)}
        </button>
      ))}
    </nav>
  );
}

function Progress({ working: { name, share } }: { readonly working: Working }) {
  return (
    <div class="progress" role="status">
      <progress max={1} value={share} aria-label={printable(name)} />
      <span>
        {printable(name)} {Math.round(share * 100)} %
      </span>
    </div>
  );
}

/** Files dropped anywhere on the page are opened. */
function useDropping(openFiles: (files: readonly File[]) => void, setDragging: (isDragging: boolean) => void): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setDragging(false);
      openFiles([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [openFiles, setDragging]);
}
