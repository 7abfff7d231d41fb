import type { Advice, Cause, Citation, KnownIssueMatch } from '../../src/model/index.js';
import { printable, printableBlock } from '../../src/words/printable.js';
import { usePage } from '../parts/context.js';
import { Cited, CopyButton, Prose, Section } from '../parts/text.js';
import { Grade } from './verdict.js';

/** The evidence for and against every cause. */
export function Evidence({ causes }: { readonly causes: readonly Cause[] }) {
  const { words } = usePage();
  return (
    <Section title={words.label('page.evidence')} id="evidence-heading">
      {causes.map((cause, index) => (
        <details class="cause" key={cause.id} open={index === 0 || causes.length <= 2}>
          <summary>
            <span class="cause-title">
              <Prose of={cause.title} />
            </span>
            <Grade cause={cause} />
          </summary>
          <div class="sides">
            <Side label={words.label('heading.because')} citations={cause.because} sign="for" />
            <Side label={words.label('heading.against')} citations={cause.against} sign="against" />
          </div>
        </details>
      ))}
    </Section>
  );
}

function Side({
  label,
  citations,
  sign,
}: {
  readonly label: string;
  readonly citations: readonly Citation[];
  readonly sign: 'for' | 'against';
}) {
  if (citations.length === 0) return null;
  return (
    <div class={`side side-${sign}`}>
      <h4>{label}</h4>
      <ul>
        {citations.map(({ statement, from }, index) => (
          <li key={index}>
            <Prose of={statement} /> <Cited from={from} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What to do, with commands and patches ready to copy. */
export function AdviceList({ causes }: { readonly causes: readonly Cause[] }) {
  const { words } = usePage();
  const advised = causes.filter(({ advice }) => advice.length > 0);
  if (advised.length === 0) return null;
  return (
    <Section title={words.label('heading.advice')} id="advice-heading">
      {advised.map((cause) => (
        <div class="advice-of" key={cause.id}>
          {advised.length > 1 ? (
            <h4>
              <Prose of={cause.title} />
            </h4>
          ) : null}
          <ol class="advice">
            {cause.advice.map((entry, index) => (
              <OneAdvice key={index} advice={entry} />
            ))}
          </ol>
        </div>
      ))}
    </Section>
  );
}

function OneAdvice({ advice: { action, snippet, cost, verify } }: { readonly advice: Advice }) {
  const { words } = usePage();
  return (
    <li>
      <p class="action">
        <Prose of={action} />
      </p>
      {snippet === undefined ? null : (
        <div class="snippet">
          <pre tabIndex={0}>
            <code>{printableBlock(snippet.text).join('\n')}</code>
          </pre>
          <CopyButton text={snippet.text} />
        </div>
      )}
      {cost === undefined && verify === undefined ? null : (
        <dl class="beside">
          {cost === undefined ? null : (
            <>
              <dt>{words.label('advice.cost')}</dt>
              <dd>
                <Prose of={cost} />
              </dd>
            </>
          )}
          {verify === undefined ? null : (
            <>
              <dt>{words.label('advice.verify')}</dt>
              <dd>
                <Prose of={verify} />
              </dd>
            </>
          )}
        </dl>
      )}
    </li>
  );
}

/** Known defects whose symptoms fit. Their sources open when clicked, and only then. */
export function KnownIssues({ issues }: { readonly issues: readonly KnownIssueMatch[] }) {
  const { words } = usePage();
  if (issues.length === 0) return null;
  return (
    <Section title={words.label('heading.known-issues')} id="issues-heading">
      {issues.map(({ id, title, why, fix, workaround, links }) => (
        <article class="issue" key={id}>
          <h4>
            <Prose of={title} />
          </h4>
          <dl class="beside">
            {(
              [
                ['known-issue.why', why],
                ['known-issue.fix', fix],
                ['known-issue.workaround', workaround],
              ] as const
            ).map(([label, text]) =>
              text === undefined ? null : (
                <div key={label}>
                  <dt>{words.label(label)}</dt>
                  <dd>
                    <Prose of={text} />
                  </dd>
                </div>
              ),
            )}
          </dl>
          <ul class="links">
            {links.map((link) => (
              <li key={link}>
                <a href={link} target="_blank" rel="noopener noreferrer">
                  {printable(link)}
                </a>
              </li>
            ))}
          </ul>
        </article>
      ))}
    </Section>
  );
}
