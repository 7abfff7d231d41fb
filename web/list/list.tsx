import { useMemo, useState } from 'preact/hooks';
import type { CauseId } from '../../src/model/index.js';
import { formatConfidence } from '../../src/words/format/number.js';
import { formatUptimeClock } from '../../src/words/format/time.js';
import { usePage } from '../parts/context.js';
import { Bytes, Scroll } from '../parts/text.js';
import type { IncidentSummary } from '../worker/protocol.js';
import { type Bin, filtered, type IncidentFilter, type Timeline, timelineOf } from './filter.js';

const ROWS_AT_ONCE = 12;
const BINS = 60;

/** All incidents: a timeline to choose a stretch of, filters, and a table to choose one from. */
export function IncidentList({
  incidents,
  selected,
  onSelect,
}: {
  readonly incidents: readonly IncidentSummary[];
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
}) {
  const { words } = usePage();
  const [filter, setFilter] = useState<IncidentFilter>({ search: '', grouped: true });
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const list = useMemo(() => filtered(incidents, filter), [incidents, filter]);
  const timeline = useMemo(() => timelineOf(incidents, BINS), [incidents]);
  const repeats = useMemo(() => countsOf(incidents), [incidents]);
  const causes = [...new Set(incidents.map(({ cause }) => cause))];
  const scopes = [...new Set(incidents.map(({ scope }) => scope))];
  return (
    <section class="list" aria-labelledby="list-heading">
      <header class="section-head">
        <h2 id="list-heading">{words.label('incidents.count', { count: incidents.length })}</h2>
        <div class="section-aside">
          <label class="check">
            <input
              type="checkbox"
              checked={filter.grouped}
              onInput={({ currentTarget }) => setFilter({ ...filter, grouped: currentTarget.checked })}
            />
            {words.label('page.list.group')}
          </label>
          <Choice
            label={words.label('column.cause')}
            value={filter.cause}
            options={causes.map((cause) => [cause, words.label(`cause-name.${cause}`)])}
            onChoose={(cause) => setFilter(without({ ...filter, cause: cause as CauseId }, 'cause', cause))}
          />
          <Choice
            label={words.label('column.scope')}
            value={filter.scope}
            options={scopes.map((scope) => [scope, words.label(`scope.${scope}`)])}
            onChoose={(scope) => setFilter(without({ ...filter, scope: scope as IncidentSummary['scope'] }, 'scope', scope))}
          />
          <input
            type="search"
            value={filter.search}
            placeholder={words.label('page.list.search')}
            aria-label={words.label('page.list.search')}
            onInput={({ currentTarget }) => setFilter({ ...filter, search: currentTarget.value })}
          />
        </div>
      </header>
      {timeline === undefined ? null : (
        <TimelineBar timeline={timeline} filter={filter} onChoose={(bin) => setFilter(chooseBin(filter, bin))} />
      )}
      <Scroll labelledBy="list-heading">
        <table class="incidents">
          <thead>
            <tr>
              <th scope="col">{words.label('column.number')}</th>
              <th scope="col">{words.label('column.time')}</th>
              <th scope="col">{words.label('column.killed')}</th>
              <th scope="col">{words.label('column.limit-of')}</th>
              <th scope="col" class="number">
                {words.label('column.usage')}
              </th>
              <th scope="col">{words.label('column.cause')}</th>
            </tr>
          </thead>
          <tbody>
            {list.slice(0, shown).map((incident) => (
              <tr
                key={incident.index}
                class={incident.index === selected ? 'selected' : ''}
                onClick={() => onSelect(incident.index)}
              >
                <td>
                  <button
                    type="button"
                    class="choose"
                    aria-current={incident.index === selected ? 'true' : undefined}
                    aria-label={words.label('incidents.position', { number: incident.index + 1 })}
                    onClick={() => onSelect(incident.index)}
                  >
                    {incident.index + 1}
                  </button>
                  {filter.grouped && (repeats.get(incident.index) ?? 1) > 1 ? ` ×${repeats.get(incident.index)}` : ''}
                </td>
                <td>{words.render(incident.time)}</td>
                <td>{words.render(incident.victim)}</td>
                <td>{words.render(incident.limitOf)}</td>
                <td class="number">
                  <Bytes of={incident.chargedBytes} /> / <Bytes of={incident.limitBytes} />
                </td>
                <td>
                  <span class="grade-number">{formatConfidence(incident.confidence)}</span>{' '}
                  {words.label(`cause-name.${incident.cause}`)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {list.length === 0 ? <p class="lead">{words.label('page.list.none')}</p> : null}
      {list.length > shown ? (
        <button type="button" class="quiet" onClick={() => setShown(shown + 10 * ROWS_AT_ONCE)}>
          {words.label('page.more', { count: list.length - shown })}
        </button>
      ) : null}
    </section>
  );
}

/** How many incidents tell the story of each first one. */
function countsOf(incidents: readonly IncidentSummary[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { group } of incidents) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}

/** The filter without a criterion when no value was chosen for it. */
function without(filter: IncidentFilter, name: 'cause' | 'scope', value: string): IncidentFilter {
  if (value !== '') return filter;
  const { [name]: _, ...others } = filter;
  return others;
}

function chooseBin(filter: IncidentFilter, { from, to }: Bin): IncidentFilter {
  if (filter.from !== from) return { ...filter, from, to };
  const { from: _, to: __, ...others } = filter;
  return others;
}

function Choice({
  label,
  value,
  options,
  onChoose,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onChoose: (value: string) => void;
}) {
  const { words } = usePage();
  if (options.length < 2) return null;
  return (
    <select aria-label={label} value={value ?? ''} onInput={({ currentTarget }) => onChoose(currentTarget.value)}>
      <option value="">{words.label('page.list.any', { what: label })}</option>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** When the incidents were. A column chooses its stretch of time, and gives it up when chosen again. */
function TimelineBar({
  timeline: { axis, bins },
  filter,
  onChoose,
}: {
  readonly timeline: Timeline;
  readonly filter: IncidentFilter;
  readonly onChoose: (bin: Bin) => void;
}) {
  const { words } = usePage();
  const most = Math.max(...bins.map(({ count }) => count));
  const moment = (at: number): string =>
    axis === 'wall-clock' ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z` : `+${formatUptimeClock(at / 1000)}`;
  return (
    <fieldset class="timeline" aria-label={words.label('page.timeline')}>
      <div class="timeline-bins">
        {bins.map((bin) => {
          const text = words.label('page.timeline.bin', { count: bin.count, from: moment(bin.from), to: moment(bin.to) });
          return bin.count === 0 ? (
            <span key={bin.from} />
          ) : (
            <button
              type="button"
              key={bin.from}
              title={text}
              aria-label={text}
              aria-pressed={filter.from === bin.from}
              onClick={() => onChoose(bin)}
            >
              <span style={{ height: `${Math.max(10, (bin.count / most) * 100)}%` }} />
            </button>
          );
        })}
      </div>
      <div class="timeline-ends" aria-hidden="true">
        <span>{moment(bins[0]?.from ?? 0)}</span>
        <span>{moment(bins.at(-1)?.to ?? 0)}</span>
      </div>
    </fieldset>
  );
}
