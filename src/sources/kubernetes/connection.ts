import { setTimeout as delay } from 'node:timers/promises';
import { redactText } from '../secrets/command-line.js';
import { shownUrl } from '../secrets/url.js';
import type { KubeConfigChoice, KubeEndpoint } from './client-node.js';
import { isTransient, KubeError } from './error.js';
import { connectionError, headersOf, open, type RawAnswer, readAnswer } from './http.js';

export interface AskOptions {
  readonly params?: URLSearchParams;
  readonly signal?: AbortSignal;
  /** Attempts in all; what is only nice to have is asked for fewer times. */
  readonly attempts?: number;
  readonly timeoutMs?: number;
  readonly mostBytes?: number;
}

export interface ConnectionSettings {
  readonly timeoutMs: number;
  readonly attempts: number;
  /** The first pause before asking again; it doubles each time. */
  readonly pauseMs: number;
}

const SETTINGS: ConnectionSettings = { timeoutMs: 30_000, attempts: 4, pauseMs: 250 };
const MOST_BYTES = 128 * 2 ** 20;
/** A server that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * A connection to one cluster's API server: reads, and the few writes a user asked for by name. Transient failures (429 with its
 * Retry-After, 5xx, cut connections) of reads are tried again with growing pauses; everything else is a KubeError at once.
 */
export class ClusterConnection {
  readonly endpoint: KubeEndpoint;
  /** The namespace of the context, `default` when it names none. */
  readonly namespace: string;
  /** The address as it may be shown. */
  readonly server: string;
  readonly #settings: ConnectionSettings;
  #skewSeconds: number | undefined;

  constructor(endpoint: KubeEndpoint, settings: Partial<ConnectionSettings> = {}) {
    this.endpoint = endpoint;
    this.namespace = endpoint.namespace ?? 'default';
    this.server = shownUrl(endpoint.server);
    this.#settings = { ...SETTINGS, ...settings };
  }

  /**
   * How far our clock is ahead of the server's, in seconds, by the `Date` header of its first answer, which is whole seconds
   * (RFC 9110, 6.6.1). Undefined before that and when the header is missing.
   */
  get clockSkewSeconds(): number | undefined {
    return this.#skewSeconds;
  }

  /**
   * Sends one GET and gives back the answer whatever its status: for the proxies of services and nodes, whose servers answer for
   * themselves. `path` begins with `/`. Throws a KubeError when no answer came.
   */
  async request(path: string, { params, signal, timeoutMs, mostBytes }: AskOptions = {}): Promise<RawAnswer> {
    const limits = { timeoutMs: timeoutMs ?? this.#settings.timeoutMs, mostBytes: mostBytes ?? MOST_BYTES };
    const stream = await open(this.endpoint, path, {
      ...limits,
      ...(params === undefined ? {} : { params }),
      ...(signal === undefined ? {} : { signal }),
    });
    const answer = await readAnswer(stream, this.endpoint, path, limits);
    this.#noteClock(answer.headers.date);
    return answer;
  }

  /** The text at a path. Throws a KubeError for every status but 2xx, after the attempts that make sense. */
  async getText(path: string, options: AskOptions = {}): Promise<string> {
    return this.#persist(options, async () => {
      const answer = await this.request(path, options);
      if (answer.status < 200 || answer.status > 299) throw statusError(answer, path, this.server);
      return answer.body;
    });
  }

  /** The object at a path, as the API sent it: nothing in it is checked but that it is an object. Throws a KubeError. */
  async get<T extends object>(path: string, options: AskOptions = {}): Promise<T> {
    return parseObject<T>(await this.getText(path, options), path, this.server);
  }

  /** Creates or deletes an object. Never tried again: the first may have worked. Throws a KubeError. */
  async send<T extends object>(method: 'POST' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const limits = { timeoutMs: this.#settings.timeoutMs, mostBytes: MOST_BYTES };
    const stream = await open(this.endpoint, path, {
      ...limits,
      method,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const answer = await readAnswer(stream, this.endpoint, path, limits);
    if (answer.status < 200 || answer.status > 299) throw statusError(answer, path, this.server);
    return parseObject<T>(answer.body, path, this.server);
  }

  /** The lines of an answer that does not end, such as a watch, until the server ends it. Throws a KubeError. */
  async *lines(path: string, params: URLSearchParams, signal: AbortSignal): AsyncGenerator<string> {
    // A quiet watch is silent: only the headers have to come in time.
    const stream = await open(this.endpoint, path, { params, signal, timeoutMs: 0, mostBytes: MOST_BYTES });
    this.#noteClock(headersOf(stream).date);
    if (stream.statusCode !== 200) {
      const limits = { timeoutMs: this.#settings.timeoutMs, mostBytes: MOST_BYTES };
      throw statusError(await readAnswer(stream, this.endpoint, path, limits), path, this.server);
    }
    stream.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of stream as AsyncIterable<string>) {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MOST_BYTES) throw new KubeError('too-large', { path, size: String(MOST_BYTES) });
        for (const line of lines) if (line.trim() !== '') yield line;
      }
    } catch (error) {
      throw connectionError(error, this.endpoint, path, 'cut');
    } finally {
      stream.destroy();
    }
  }

  async #persist<T>({ attempts = this.#settings.attempts, signal }: AskOptions, ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof KubeError) || !isTransient(error) || attempt >= attempts) throw error;
        const pauseMs =
          error.retryAfterSeconds === undefined
            ? this.#settings.pauseMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2)
            : error.retryAfterSeconds * 1000;
        if (pauseMs > LONGEST_PAUSE_MS) throw error;
        await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  #noteClock(date: string | undefined): void {
    const theirs = Date.parse(date ?? '');
    if (this.#skewSeconds === undefined && !Number.isNaN(theirs)) this.#skewSeconds = Math.round((Date.now() - theirs) / 1000);
  }
}

/**
 * Connects to the cluster that the configuration names; nothing is sent yet. Throws a KubeError `no-config` or `no-context`.
 */
export async function connect(
  choice: KubeConfigChoice = {},
  settings: Partial<ConnectionSettings> = {},
): Promise<ClusterConnection> {
  const { KubeConfigProblem, loadEndpoint } = await import('./client-node.js');
  try {
    return new ClusterConnection(loadEndpoint(choice), settings);
  } catch (error) {
    if (!(error instanceof KubeConfigProblem)) throw error;
    const context = choice.context ?? '';
    throw error.code === 'no-context'
      ? new KubeError('no-context', { context })
      : new KubeError('no-config', { detail: error.code === 'unreadable' ? firstLine(error.message) : '' });
  }
}

/** The path of the API server's proxy to a service of the cluster; `port` is a number or a port's name. */
export function serviceProxyPath(namespace: string, service: string, port: string, scheme: 'http' | 'https' = 'http'): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${scheme === 'https' ? 'https:' : ''}${encodeURIComponent(service)}:${encodeURIComponent(port)}/proxy`;
}

/** What a status other than 2xx means. The server's own words are kept: they name the right that is missing. */
function statusError({ status, headers, body }: RawAnswer, path: string, server: string): KubeError {
  const params = { server, path, status: String(status), detail: statusMessage(body) };
  const retryAfter = Number(headers['retry-after']);
  const pause = headers['retry-after'] !== undefined && Number.isFinite(retryAfter) ? Math.max(0, retryAfter) : undefined;
  switch (status) {
    case 401:
      return new KubeError('unauthorized', params);
    case 403:
      return new KubeError('forbidden', params);
    case 404:
      return new KubeError('not-found', params);
    case 410:
      return new KubeError('expired', params);
    case 429:
      return new KubeError('throttled', params, pause);
    default:
      if (status >= 500) return new KubeError('server-error', params, pause);
      return new KubeError(params.detail === '' ? 'not-kubernetes' : 'rejected', params);
  }
}

/** The message of a metav1.Status, without control characters and of bounded length. */
function statusMessage(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' ? firstLine(message).slice(0, 300) : '';
  } catch {
    return '';
  }
}

function parseObject<T extends object>(body: string, path: string, server: string): T {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed as T;
  } catch {
    // A page of some proxy or login, not the API.
  }
  throw new KubeError('not-kubernetes', { server, path, status: '200', detail: '' });
}

/** Of what a server or a library says, which may quote anything. */
function firstLine(text: string): string {
  return redactText(text.split('\n', 1)[0] ?? '');
}
