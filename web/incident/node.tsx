import { bytes, type MemInfo, type OomReport, type Zone } from '../../src/model/index.js';
import { say } from '../../src/render/view/words.js';
import { printable } from '../../src/words/printable.js';
import { usePage } from '../parts/context.js';
import { Term } from '../parts/term.js';
import { Bytes, Cited, Section } from '../parts/text.js';

/** Of the node: its zones against their watermarks, and the free blocks of each. */
export function NodeMemory({ report }: { readonly report: OomReport }) {
  const { words } = usePage();
  const { memInfo, invokedBy } = report;
  if (memInfo === undefined || (memInfo.zones.length === 0 && memInfo.buddies.length === 0)) return null;
  return (
    <>
      {memInfo.zones.length === 0 ? null : (
        <Section title={words.label('page.zones')} id="zones-heading">
          <p class="lead">{words.label('page.zones.explained')}</p>
          <ul class="zones">
            {memInfo.zones.map((zone) => (
              <ZoneRow key={zone.line} zone={zone} source={report.source} />
            ))}
          </ul>
        </Section>
      )}
      {memInfo.buddies.length === 0 ? null : (
        <Section title={words.label('page.free-lists')} id="free-lists-heading">
          <p class="lead">
            {invokedBy?.order === undefined || invokedBy.order === 0
              ? words.label('page.free-lists.explained')
              : words.label('page.free-lists.wanted', { order: String(invokedBy.order) })}
          </p>
          <FreeLists memInfo={memInfo} source={report.source} wanted={invokedBy?.order} />
        </Section>
      )}
    </>
  );
}

function zoneName({ node, name }: { readonly node?: number; readonly name: string }): string {
  return node === undefined ? printable(name) : `${node} ${printable(name)}`;
}

/** The free memory of a zone as a bar, with its watermarks as ticks across. */
function ZoneRow({ zone, source }: { readonly zone: Zone; readonly source: string }) {
  const { words } = usePage();
  const { freeBytes, minBytes, lowBytes, highBytes, line } = zone;
  const whole = Math.max(freeBytes ?? 0, highBytes ?? 0, lowBytes ?? 0, minBytes ?? 0, 1) * 1.08;
  const marks = [
    ['min', minBytes],
    ['low', lowBytes],
    ['high', highBytes],
  ] as const;
  const isShort = freeBytes !== undefined && minBytes !== undefined && freeBytes < minBytes;
  return (
    <li class={isShort ? 'zone short' : 'zone'}>
      <span class="zone-name">{zoneName(zone)}</span>
      <span class="zone-free">
        <Term of="free">{words.label('page.zone.free')}</Term> <Bytes of={freeBytes} />{' '}
        {isShort ? <strong class="warn">{words.label('page.zone.below-min')}</strong> : null}
      </span>
      <span class="zone-bar" aria-hidden="true">
        <span class="zone-fill" style={{ width: `${((freeBytes ?? 0) / whole) * 100}%` }} />
        {marks.map(([name, size]) =>
          size === undefined ? null : (
            <span key={name} class={`watermark ${name}`} style={{ left: `${(size / whole) * 100}%` }} />
          ),
        )}
      </span>
      <span class="zone-marks">
        {marks.map(([name, size]) => (
          <span key={name}>
            <i class={`tick ${name}`} aria-hidden="true" />
            <Term of={name}>{name}</Term> <Bytes of={size} />
          </span>
        ))}
        <Cited from={[{ source, line }]} />
      </span>
    </li>
  );
}

/** Free blocks by size: a block is of use to a request of its order or less. */
function FreeLists({
  memInfo,
  source,
  wanted,
}: {
  readonly memInfo: MemInfo;
  readonly source: string;
  readonly wanted: number | undefined;
}) {
  const { words } = usePage();
  return (
    <div class="free-lists">
      {memInfo.buddies.map(({ node, zone, counts, totalBytes, line }) => {
        const most = Math.max(1, ...counts.map(({ blockBytes, count }) => blockBytes * count));
        return (
          <figure key={line}>
            <figcaption>
              <strong>{zoneName({ ...(node === undefined ? {} : { node }), name: zone })}</strong> <Bytes of={totalBytes} />{' '}
              <Cited from={[{ source, line }]} />
            </figcaption>
            <ol class="orders">
              {counts.map(({ blockBytes, count }, order) => (
                <li
                  key={order}
                  class={wanted !== undefined && order < wanted ? 'too-small' : ''}
                  title={words.render(
                    say('page.free-blocks', { count, size: bytes(blockBytes), all: bytes(count * blockBytes) }),
                  )}
                >
                  <span class="order-column" aria-hidden="true">
                    <span style={{ height: `${((blockBytes * count) / most) * 100}%` }} />
                  </span>
                  <span class="order-count">{count}</span>
                  <span class="order-size">
                    <Bytes of={blockBytes} />
                  </span>
                </li>
              ))}
            </ol>
          </figure>
        );
      })}
    </div>
  );
}
