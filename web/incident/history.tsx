import type { Diagnosis } from '../../src/model/index.js';
import { windowMessage } from '../../src/render/view/history.js';
import type { Band } from '../charts/drawing.js';
import { TimeChart } from '../charts/time-chart.js';
import { usePage } from '../parts/context.js';
import { Prose, Section } from '../parts/text.js';

/** The container's memory in the hours before the kill, where a metrics server had it. */
export function History({ diagnosis: { incident, growth } }: { readonly diagnosis: Diagnosis }) {
  const { words } = usePage();
  const timeline = incident.history;
  if (timeline === undefined || growth === undefined) return null;
  const lives = timeline.lives.filter(({ atSeconds }) => atSeconds.length > 0);
  // Between two lives of the container is a moment without memory, so that no line leads from one into the next.
  const atSeconds = lives.flatMap((life) => [...life.atSeconds, (life.atSeconds.at(-1) ?? 0) + 1]).slice(0, -1);
  const column = (name: 'usageBytes' | 'workingSetBytes' | 'rssBytes' | 'cacheBytes'): (number | null)[] =>
    lives.flatMap((life) => [...(life.columns[name] ?? life.atSeconds.map(() => null)), null]).slice(0, -1);
  const bands: Band[] = (
    [
      ['charged', 'page.history.usage', 'usageBytes'],
      ['working-set', 'page.history.working-set', 'workingSetBytes'],
      ['anon', 'page.history.rss', 'rssBytes'],
      ['file', 'page.history.cache', 'cacheBytes'],
    ] as const
  )
    .map(([kind, name, values]) => ({ kind, name: words.label(name), values: column(values) }))
    .filter(({ values }) => values.some((value) => value !== null));
  return (
    <Section title={words.label('page.history')} id="history-heading">
      <p class="lead">
        <Prose of={growth.title} />
      </p>
      <p class="lead">
        <Prose of={windowMessage(timeline, growth)} />
      </p>
      {atSeconds.length < 2 || bands.length === 0 ? null : (
        <TimeChart
          label={words.label('page.history')}
          atSeconds={atSeconds}
          isWallClock={true}
          bands={bands}
          isStacked={false}
          {...(growth.limitBytes === undefined ? {} : { limitBytes: growth.limitBytes })}
          marks={
            growth.killedAtSeconds === undefined
              ? []
              : [{ at: growth.killedAtSeconds, kind: 'oom-kill', text: words.label('page.mark.oom-kill') }]
          }
        />
      )}
    </Section>
  );
}
