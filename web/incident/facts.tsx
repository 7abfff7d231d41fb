import type { Incident, Message } from '../../src/model/index.js';
import { incidentFacts } from '../../src/render/view/facts.js';
import { usePage } from '../parts/context.js';
import { Cited, Prose, Section } from '../parts/text.js';

/** Who, where and when. */
export function Facts({ incident }: { readonly incident: Incident }) {
  const { words } = usePage();
  return (
    <Section title={words.label('page.facts')} id="facts-heading">
      <dl class="facts">
        {incidentFacts(incident, true).map(({ label, values, from }) => (
          <div key={label}>
            <dt>{words.label(label)}</dt>
            <dd>
              <span class="value">{words.list(values)}</span> <Cited from={from} />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

/** What was missing or conflicting in the evidence. */
export function Warnings({ warnings }: { readonly warnings: readonly Message[] }) {
  const { words } = usePage();
  if (warnings.length === 0) return null;
  return (
    <Section title={words.label('heading.warnings')} id="warnings-heading">
      <ul class="warnings">
        {warnings.map((warning, index) => (
          <li key={index}>
            <Prose of={warning} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
