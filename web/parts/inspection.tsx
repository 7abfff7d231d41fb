import type { Inspection } from '../../src/render/view/inspection.js';
import { againstAnon, choice, liveFacts, targetName, verdict } from '../../src/render/view/inspection.js';
import { say } from '../../src/render/view/words.js';
import { AdviceList, Evidence } from '../incident/causes.js';
import { Composition, MemoryTable, Tools } from '../incident/memory.js';
import { Tasks } from '../incident/tasks.js';
import { usePage } from './context.js';
import { Prose, Section } from './text.js';

/** A state without a kill: how near it is to one, and what one would have been blamed on. */
export function InspectionView({ inspection }: { readonly inspection: Inspection }) {
  const { words } = usePage();
  const { accounting, report, causes, identity, memory, observedAt } = inspection;
  return (
    <article class="incident">
      <div class="story">
        <header class="verdict">
          <p class="command">
            <Prose of={targetName(identity, memory.path)} /> · {observedAt}
          </p>
          <h2 class="verdict-title">
            <Prose of={verdict(inspection)} />
          </h2>
          {choice(inspection).map((text) => (
            <p class="verdict-headline" key={text.key}>
              <Prose of={text} />
            </p>
          ))}
        </header>
        {accounting === undefined ? null : <Composition accounting={accounting} />}
        <Section title={words.label('page.facts')} id="state-heading">
          <dl class="facts">
            {liveFacts(inspection, true).map(({ label, values }) => (
              <div key={label}>
                <dt>{words.label(label)}</dt>
                <dd>{words.list(values)}</dd>
              </div>
            ))}
          </dl>
        </Section>
        <p class="lead">{words.render(say('page.would-be-blamed'))}</p>
        <Evidence causes={causes} />
        <AdviceList causes={causes} />
        {accounting === undefined ? null : <MemoryTable accounting={accounting} />}
        {accounting === undefined ? null : <Tools accounting={accounting} report={report} />}
        <Tasks report={report} isAlive={true} />
        {againstAnon(inspection).map((text) => (
          <p class="lead" key={text.key}>
            <Prose of={text} />
          </p>
        ))}
      </div>
    </article>
  );
}
