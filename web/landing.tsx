import { useState } from 'preact/hooks';
import example from '../examples/01-cdi-importer/kernel.log?raw';
import { usePage } from './parts/context.js';
import { Marked } from './parts/text.js';

/** What one meets first: where to paste, drop or open, and what becomes of it. */
export function Landing({
  onText,
  onChooseFiles,
}: {
  readonly onText: (name: string, text: string) => void;
  readonly onChooseFiles: () => void;
}) {
  const { words } = usePage();
  const [text, setText] = useState('');
  return (
    <main class="landing">
      <h1>{words.label('page.title')}</h1>
      <p class="promise">{words.label('page.promise')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') onText('pasted', text);
        }}
      >
        <label class="paste">
          <span>
            <Marked text={words.label('page.paste')} />
          </span>
          <textarea
            rows={10}
            spellcheck={false}
            placeholder={'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),…'}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
            onPaste={(event) => {
              const pasted = event.clipboardData?.getData('text/plain') ?? '';
              // A whole log is not put into the field, which would be slow, but read at once.
              if (text !== '' || pasted.trim() === '') return;
              event.preventDefault();
              onText('pasted', pasted);
            }}
          />
        </label>
        <div class="actions">
          <button type="submit" class="primary" disabled={text.trim() === ''}>
            {words.label('page.diagnose')}
          </button>
          <button type="button" onClick={onChooseFiles}>
            {words.label('page.open')}
          </button>
          <button type="button" class="quiet" onClick={() => onText('examples/01-cdi-importer/kernel.log', example)}>
            {words.label('page.example')}
          </button>
        </div>
      </form>
      <ul class="reads">
        {(['page.reads.logs', 'page.reads.bundles', 'page.reads.recordings', 'page.reads.heaps'] as const).map((key) => (
          <li key={key}>
            <Marked text={words.label(key)} />
          </li>
        ))}
      </ul>
    </main>
  );
}
