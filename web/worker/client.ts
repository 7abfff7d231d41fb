import type { Answers, IncidentSummary, Question, Told } from './protocol.js';
import { Shelf } from './shelf.js';

/** What the worker tells on its own account. */
export interface Listener {
  progress(name: string, share: number): void;
  incidents(portion: readonly IncidentSummary[]): void;
}

interface Waiting {
  readonly resolve: (answer: Answers[keyof Answers]) => void;
  readonly reject: (error: Error) => void;
}

/** The page's side of the worker: questions that are answered in time. */
export class ShelfClient {
  readonly #listener: Listener;
  readonly #send: (message: unknown) => void;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  /** `script` is the text of the page's own script, which in a worker serves the shelf (main.tsx). */
  constructor(script: string, listener: Listener) {
    this.#listener = listener;
    const hear = (told: Told): void => this.#told(told);
    this.#send = startWorker(script, hear, (error) => this.#fail(error)) ?? serveHere(hear);
  }

  ask<Kind extends keyof Answers>(question: Extract<Question, { kind: Kind }>): Promise<Answers[Kind]> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      // The worker answers each kind of question with its kind of answer.
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#send({ ...question, id });
    });
  }

  /** Of a worker that broke there will be no answers. */
  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #told(told: Told): void {
    switch (told.kind) {
      case 'progress':
        this.#listener.progress(told.name, told.share);
        return;
      case 'incidents':
        this.#listener.incidents(told.portion);
        return;
      case 'answer':
        this.#waiting.get(told.id)?.resolve(told.answer);
        break;
      case 'failed':
        this.#waiting.get(told.id)?.reject(new Error(told.detail));
    }
    this.#waiting.delete(told.id);
  }
}

/** A worker from the page's own script: a page opened as a file may load no other. Undefined where none may be made at all. */
function startWorker(
  script: string,
  hear: (told: Told) => void,
  fail: (error: Error) => void,
): ((message: unknown) => void) | undefined {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    const worker = new Worker(url);
    worker.onmessage = ({ data }: MessageEvent<Told>) => hear(data);
    worker.onerror = ({ message }) => fail(new Error(message));
    return (message) => worker.postMessage(message);
  } catch {
    return undefined;
  }
}

/** Without a worker the page reads files itself: it stops while it does, and its answers are the same. */
function serveHere(hear: (told: Told) => void): (message: unknown) => void {
  const shelf = new Shelf(hear);
  return (message) => void shelf.ask(message as Parameters<Shelf['ask']>[0]);
}
