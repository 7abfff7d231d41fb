/** Where to listen; without a host everywhere. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

/** `:8443`, `127.0.0.1:8443`, `[::1]:8443`, as Go's net.Listen takes it; port 0 for any. Undefined when it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, v6, name = '', digits] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  const host = v6 ?? name;
  return host === '' ? { port } : { host, port };
}
