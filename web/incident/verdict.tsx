import type { Cause, Diagnosis } from '../../src/model/index.js';
import { confidenceWord } from '../../src/render/view/confidence.js';
import { headline } from '../../src/render/view/headline.js';
import { formatConfidence } from '../../src/words/format/number.js';
import { usePage } from '../parts/context.js';
import { Prose } from '../parts/text.js';

/** The first thing to read: why, how sure that is, and what happened. */
export function Verdict({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const [first, ...others] = diagnosis.causes;
  return (
    <header class="verdict">
      {first === undefined ? null : <Grade cause={first} />}
      <h2 class="verdict-title">{first === undefined ? null : <Prose of={first.title} />}</h2>
      <p class="verdict-headline">
        <Prose of={headline(diagnosis)} />
      </p>
      {others.length === 0 ? null : <OtherCauses causes={others} />}
    </header>
  );
}

/** How sure a cause is: the word, the number, and a gauge of it. */
export function Grade({ cause }: { readonly cause: Cause }) {
  const { words } = usePage();
  const word = words.label(confidenceWord(cause.confidence));
  return (
    <p class={`grade grade-${confidenceWord(cause.confidence).replace('confidence.', '')}`}>
      <span class="gauge" aria-hidden="true">
        <span style={{ width: `${cause.confidence * 100}%` }} />
      </span>
      <span>{word}</span> <span class="grade-number">{formatConfidence(cause.confidence)}</span>
    </p>
  );
}

function OtherCauses({ causes }: { readonly causes: readonly Cause[] }) {
  const { words } = usePage();
  return (
    <div class="also">
      <h3>{words.label('page.also')}</h3>
      <ul>
        {causes.map((cause) => (
          <li key={cause.id}>
            <Grade cause={cause} />
            <span>
              <Prose of={cause.title} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
