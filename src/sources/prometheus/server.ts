/** An answer of a server as it came. Header names are in lower case. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A way to a server with the HTTP API of Prometheus: a connection of our own (connect.ts), or the API server's proxy. `get`
 * throws a PrometheusError when no answer came; an answer of any status is given back.
 */
export interface PrometheusServer {
  /** The address as it may be shown: without user name, password, query and fragment. */
  readonly shown: string;
  /** `path` begins with `/api/v1/`. */
  get(path: string, params: URLSearchParams): Promise<RawAnswer>;
  close(): Promise<void>;
}
