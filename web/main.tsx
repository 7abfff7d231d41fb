import { render } from 'preact';
import './styles/page.css';
import { App } from './app.js';
import type { Asked } from './worker/protocol.js';
import { Shelf } from './worker/shelf.js';

// One script is both the page and its worker: a page opened as a file may load no second one, and the parser is in it once.
if (typeof document === 'undefined') serve();
else show();

function serve(): void {
  const shelf = new Shelf((told) => self.postMessage(told));
  self.onmessage = ({ data }: MessageEvent<Asked>) => void shelf.ask(data);
}

function show(): void {
  const root = document.getElementById('app');
  if (root === null) return;
  const script = document.getElementById('script')?.textContent ?? '';
  const evidence = document.getElementById('evidence')?.textContent ?? '';
  render(<App script={script} evidence={evidence.trim()} />, root);
}
