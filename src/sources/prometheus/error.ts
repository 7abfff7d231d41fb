import { type Message, type MessageValue, message } from '../../model/index.js';

/**
 * Why a metrics server gave no answer. Each code has its sentence, `prometheus.error.<code>`, in the message catalogues; it says
 * what to do next.
 */
export type PrometheusErrorCode =
  /** Not an http or https URL. */
  | 'bad-url'
  /** A header that HTTP does not allow. */
  | 'bad-header'
  | 'unreachable'
  | 'certificate'
  | 'timeout'
  /** The connection ended inside an answer. */
  | 'cut'
  | 'too-large'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'redirected'
  /** 400 and 422: the server refuses the query. */
  | 'refused'
  /** The server's own bounds on samples or series. */
  | 'too-many-samples'
  /** 429 and 503, still after the retries. */
  | 'busy'
  | 'server'
  /** The cluster cannot be asked for its services, or none of them is a metrics server. */
  | 'cluster'
  | 'no-service'
  /** It has some, and which of them is the cluster's own cannot be told. */
  | 'unnamed-service'
  /** What was asked for is in more than one of the clusters whose metrics the server has. */
  | 'several-clusters'
  /** Something answers, and it is not the HTTP API of Prometheus. */
  | 'not-prometheus';

/** A metrics server that could not be asked: which, why, and what to do next. No text of it holds a secret of the request. */
export class PrometheusError extends Error {
  override readonly name = 'PrometheusError';
  readonly code: PrometheusErrorCode;
  /** The sentence for the user. */
  readonly problem: Message;

  constructor(
    code: PrometheusErrorCode,
    server: string,
    params: Readonly<Record<string, MessageValue | string | number>> = {},
    cause?: unknown,
  ) {
    super(`${code}: ${server}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.problem = message(`prometheus.error.${code}`, { server, ...params });
  }
}
