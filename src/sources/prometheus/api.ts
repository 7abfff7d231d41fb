import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, message, present } from '../../model/index.js';
import { redactText } from '../secrets/command-line.js';
import { PrometheusError } from './error.js';
import type { PrometheusServer, RawAnswer } from './server.js';

/** One time series: its labels, and its samples in the order of time. Times are seconds since 1970. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly atSeconds: readonly number[];
  readonly values: readonly number[];
}

/** The series of an answer, and what the server warned of. */
export interface QueryAnswer {
  readonly series: readonly Series[];
  readonly notes: readonly Message[];
}

/** Attempts at one query: what is busy or was cut off is asked again. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;
/** A server that asks for a longer pause is told of instead. */
const LONGEST_PAUSE_MS = 10_000;
const BUSY = new Set([429, 502, 503, 504]);
/** Words of the server shown to the user; a page of HTML is not repeated. */
const LONGEST_REASON = 300;

/** The queries of Prometheus' HTTP API that oomkit asks. All throw a PrometheusError. */
export class PrometheusApi {
  readonly #server: PrometheusServer;
  readonly #pause: (milliseconds: number) => Promise<unknown>;

  constructor(server: PrometheusServer, pause: (milliseconds: number) => Promise<unknown> = sleep) {
    this.#server = server;
    this.#pause = pause;
  }

  get shown(): string {
    return this.#server.shown;
  }

  /** An instant query. With a range selector, `metric[1h]`, the answer has the samples as they were scraped. */
  query(expression: string, atSeconds: number): Promise<QueryAnswer> {
    return this.#ask('/api/v1/query', { query: expression, time: String(atSeconds) });
  }

  /** A range query, at these very moments: VictoriaMetrics moves them to multiples of the step unless it is told not to cache. */
  queryRange(expression: string, fromSeconds: number, toSeconds: number, stepSeconds: number): Promise<QueryAnswer> {
    return this.#ask('/api/v1/query_range', {
      query: expression,
      start: String(fromSeconds),
      end: String(toSeconds),
      step: String(stepSeconds),
      nocache: '1',
    });
  }

  async #ask(path: string, params: Readonly<Record<string, string>>): Promise<QueryAnswer> {
    const form = new URLSearchParams(params);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(path, form);
      if ('answer' in outcome) return outcome.answer;
      const pause = pauseAfter(outcome, attempt);
      if (pause === undefined) throw outcome.error;
      await this.#pause(pause);
    }
  }

  /** One exchange. An error that another attempt may cure is given back, any other thrown. */
  async #attempt(path: string, form: URLSearchParams): Promise<{ readonly answer: QueryAnswer } | Failure> {
    let answer: RawAnswer;
    try {
      answer = await this.#server.get(path, form);
    } catch (error) {
      if (error instanceof PrometheusError && error.code === 'cut') return { error };
      throw error;
    }
    if (answer.status === 200) return { answer: readAnswer(answer.body, this.shown) };
    const error = statusError(answer, this.shown);
    if (!BUSY.has(answer.status)) throw error;
    return present({ error, retryAfterMs: retryAfterMs(answer) });
  }
}

/** An attempt that failed and may be made again, after the pause the server asked for if it did. */
interface Failure {
  readonly error: PrometheusError;
  readonly retryAfterMs?: number;
}

/** How long to wait before the next attempt, in milliseconds; undefined when there is none. */
function pauseAfter({ retryAfterMs }: Failure, attempt: number): number | undefined {
  if (attempt >= ATTEMPTS) return undefined;
  const pause = retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
  return pause > LONGEST_PAUSE_MS ? undefined : pause;
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfterMs({ headers }: RawAnswer): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function statusError({ status, headers, body }: RawAnswer, shown: string): PrometheusError {
  const reason = reasonIn(body);
  const params = { status: String(status), reason };
  if (status === 401) return new PrometheusError('unauthorized', shown, params);
  if (status === 403) return new PrometheusError('forbidden', shown, params);
  if (status === 404) return new PrometheusError('not-found', shown, params);
  if (status >= 300 && status < 400)
    return new PrometheusError('redirected', shown, { status: String(status), to: originOf(headers.location) });
  if (status === 400 || status === 422) {
    // Prometheus: "query processing would load too many samples into memory"; VictoriaMetrics: "-search.max…"; Mimir: "err-mimir-max-…".
    const bounded =
      /too many samples|maximum number|max-?(?:samples|chunks|series|points|fetched)|search\.max|exceeds? the limit/i.test(body);
    return new PrometheusError(bounded ? 'too-many-samples' : 'refused', shown, params);
  }
  return new PrometheusError(status === 429 || status === 503 ? 'busy' : 'server', shown, params);
}

/** Where a redirect leads, without its path and query: these may hold a token of a login. */
function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : '/';
}

/** The server's own words, which may quote anything, without secrets: the API's `error`, the `message` of the API server in between, or a line of plain text. */
function reasonIn(body: string): string {
  const parsed = parseJson(body);
  const told = isRecord(parsed) ? [parsed.error, parsed.message].find((words) => typeof words === 'string') : undefined;
  const text = told ?? (/^\s*[<{[]/.test(body) ? '' : body);
  const line = redactText(text.trim().split('\n', 1)[0] ?? '');
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line === '' ? '–' : line;
}

/** Reads the body of a query's answer. Source: prometheus.io/docs/prometheus/latest/querying/api, "Format overview". */
function readAnswer(body: string, shown: string): QueryAnswer {
  const answer = parseJson(body);
  if (!isRecord(answer) || answer.status !== 'success' || !isRecord(answer.data) || !Array.isArray(answer.data.result)) {
    const found = /^\s*<(?:!doctype|html)/i.test(body) ? 'HTML' : body.trim() === '' ? '–' : answer === undefined ? '?' : 'JSON';
    throw new PrometheusError('not-prometheus', shown, { found });
  }
  const warnings = Array.isArray(answer.warnings) ? answer.warnings.filter((text) => typeof text === 'string') : [];
  const notes = warnings.map((text) => message('prometheus.note.warning', { text: redactText(text) }));
  // VictoriaMetrics' cluster marks an answer so when a storage node is away.
  if (answer.isPartial === true) notes.push(message('prometheus.note.partial'));
  return { series: answer.data.result.map((entry) => readSeries(entry, shown)), notes };
}

function readSeries(entry: unknown, shown: string): Series {
  const garbage = () => new PrometheusError('not-prometheus', shown, { found: 'JSON' });
  if (!isRecord(entry) || !isRecord(entry.metric)) throw garbage();
  const labels = Object.fromEntries(
    Object.entries(entry.metric).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
  const samples = Array.isArray(entry.values) ? entry.values : Array.isArray(entry.value) ? [entry.value] : [];
  const atSeconds: number[] = [];
  const values: number[] = [];
  for (const sample of samples) {
    if (!Array.isArray(sample) || typeof sample[0] !== 'number' || typeof sample[1] !== 'string') throw garbage();
    const value = Number(sample[1].replace(/^([+-]?)Inf$/, '$1Infinity'));
    // A size that is no number says nothing; times must rise for everything that follows.
    if (!Number.isFinite(value) || sample[0] <= (atSeconds.at(-1) ?? Number.NEGATIVE_INFINITY)) continue;
    atSeconds.push(sample[0]);
    values.push(value);
  }
  return { labels, atSeconds, values };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
