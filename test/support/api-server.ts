import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { answerPortForward } from './port-forward.js';

export interface KubeObject {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

/** What the server has. */
export interface ClusterContents {
  readonly pods?: readonly KubeObject[];
  readonly events?: readonly KubeObject[];
  readonly nodes?: readonly KubeObject[];
  /** By path, such as `/apis/apps/v1/namespaces/shop/deployments/web`. */
  readonly others?: Readonly<Record<string, KubeObject>>;
  /** Texts by path: logs, and what kubelets answer. */
  readonly texts?: Readonly<Record<string, string>>;
}

export interface ClusterRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Answers a request itself, and says so. */
export type Fault = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

export interface ApiServerChoice {
  readonly contents?: ClusterContents;
  /** With rules, everything they do not allow is forbidden. */
  readonly rules?: readonly ClusterRule[];
  readonly token?: string;
  readonly fault?: Fault;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** How far the server's clock is behind ours. */
  readonly clockBehindSeconds?: number;
  /** What a container answers at a forwarded port; without it nothing can be forwarded. */
  readonly forwarded?: (request: string) => Buffer;
  /** The pods page by page, for lists too long to hold. */
  readonly podPage?: (from: number, limit: number) => { readonly items: readonly KubeObject[]; readonly total: number };
}

/** An API server that replays payloads, as much of one as oomkit asks. It listens on the loopback interface. */
export class ApiServer {
  readonly url: string;
  /** `GET /api/v1/pods?limit=500`, in order. */
  readonly requests: string[] = [];
  readonly #server: ReturnType<typeof createServer>;
  readonly #choice: ApiServerChoice;
  readonly #watches = new Set<ServerResponse>();
  readonly created: KubeObject[] = [];
  readonly deleted: string[] = [];
  fault: Fault | undefined;

  static async start(choice: ApiServerChoice = {}): Promise<ApiServer> {
    const server = choice.tls === undefined ? createServer() : createTlsServer(choice.tls);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ApiServer(server, choice);
  }

  private constructor(server: ReturnType<typeof createServer>, choice: ApiServerChoice) {
    this.#server = server;
    this.#choice = choice;
    this.fault = choice.fault;
    this.url = `${choice.tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.#answer(request, response));
    server.on('upgrade', (request, socket) => {
      this.requests.push(`${request.method} ${request.url}`);
      if (choice.forwarded === undefined) socket.destroy();
      else answerPortForward(request, socket, choice.forwarded);
    });
  }

  /** A configuration for it, as text. */
  kubeconfig({
    namespace = 'shop',
    token = this.#choice.token,
    ca,
  }: {
    namespace?: string;
    token?: string | undefined;
    ca?: string;
  } = {}): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [{ name: 'test', cluster: { server: this.url, ...(ca === undefined ? {} : { 'certificate-authority': ca }) } }],
      users: [{ name: 'test', user: token === undefined ? {} : { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    });
  }

  /** Sends one event to every open watch of pods. */
  push(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR', object: object): void {
    for (const response of this.#watches) response.write(`${JSON.stringify({ type, object })}\n`);
  }

  get watches(): number {
    return this.#watches.size;
  }

  /** Cuts the open watches, as a load balancer does. */
  cutWatches(): void {
    for (const response of this.#watches) response.destroy();
    this.#watches.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const { token, rules, clockBehindSeconds = 0 } = this.#choice;
    response.setHeader('Date', new Date(Date.now() - clockBehindSeconds * 1000).toUTCString());
    if (this.fault?.(request, response, url) === true) return;
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      sendStatus(response, 401, 'Unauthorized');
      return;
    }
    const asked = attributesOf(request, url);
    if (rules !== undefined && !allows(rules, asked)) {
      const where = asked.namespace === undefined ? 'at the cluster scope' : `in the namespace "${asked.namespace}"`;
      const text = `${asked.resource} is forbidden: User "tester" cannot ${asked.verb} resource "${asked.resource}" in API group "${asked.apiGroup}" ${where}`;
      sendStatus(response, 403, text);
      return;
    }
    this.#serve(request, response, url);
  }

  #serve(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const { contents = {}, podPage } = this.#choice;
    const path = decodeURIComponent(url.pathname);
    const text = contents.texts?.[path] ?? contents.texts?.[`${path}?${url.searchParams.get('container')}`];
    if (text !== undefined) {
      response.setHeader('Content-Type', 'text/plain').end(text);
      return;
    }
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        this.created.push(JSON.parse(body));
        sendJson(response, JSON.parse(body), 201);
      });
      return;
    }
    if (request.method === 'DELETE') {
      this.deleted.push(path);
      sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
      return;
    }
    const other = contents.others?.[path];
    if (other !== undefined) {
      sendJson(response, other);
      return;
    }
    const match = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/(pods|events|nodes)(?:\/([^/]+))?$/.exec(path);
    if (match === null) {
      sendStatus(response, 404, `the server could not find the requested resource (${path})`);
      return;
    }
    const [, namespace, resource = '', name] = match;
    const all = (contents[resource as 'pods' | 'events' | 'nodes'] ?? []).filter(
      ({ metadata = {} }) => namespace === undefined || metadata.namespace === namespace,
    );
    if (name !== undefined) {
      const found = all.find(({ metadata = {} }) => metadata.name === name);
      if (found === undefined) sendStatus(response, 404, `${resource} "${name}" not found`);
      else sendJson(response, found);
      return;
    }
    if (url.searchParams.get('watch') === 'true') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      this.#watches.add(response);
      response.on('close', () => this.#watches.delete(response));
      return;
    }
    const selected = all.filter((object) => isSelected(object, url.searchParams));
    const limit = Number(url.searchParams.get('limit') ?? 1e9);
    const from = Number((url.searchParams.get('continue') ?? 'at-0').slice(3));
    const page =
      resource === 'pods' && podPage !== undefined
        ? podPage(from, limit)
        : { items: selected.slice(from, from + limit), total: selected.length };
    const next = from + page.items.length;
    sendJson(response, {
      kind: resource === 'pods' ? 'PodList' : resource === 'events' ? 'EventList' : 'NodeList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '1000', ...(next < page.total ? { continue: `at-${next}` } : {}) },
      items: page.items,
    });
  }
}

export function sendStatus(response: ServerResponse, code: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(code, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: text, code }));
}

function sendJson(response: ServerResponse, object: object, code = 200): void {
  response.writeHead(code, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(object));
}

interface Attributes {
  readonly apiGroup: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespace?: string;
}

/** What a request asks for, as authorisation sees it. Source: apiserver pkg/endpoints/request/requestinfo.go. */
export function attributesOf(request: Pick<IncomingMessage, 'method'>, url: URL): Attributes {
  const parts = decodeURIComponent(url.pathname).split('/').filter(Boolean);
  const apiGroup = parts[0] === 'apis' ? (parts[1] ?? '') : '';
  let rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest[1] : undefined;
  if (namespace !== undefined) rest = rest.slice(2);
  const [resource = '', name, subresource] = rest;
  const verbs: Readonly<Record<string, string>> = { POST: 'create', DELETE: 'delete' };
  const read = name !== undefined ? 'get' : url.searchParams.get('watch') === 'true' ? 'watch' : 'list';
  return {
    apiGroup,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    verb: verbs[request.method ?? ''] ?? read,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Whether rules allow a request, as RBAC judges. Source: kubernetes pkg/apis/rbac/v1 evaluation helpers. */
export function allows(rules: readonly ClusterRule[], { apiGroup, resource, verb }: Attributes): boolean {
  const has = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);
  return rules.some((rule) => has(rule.apiGroups, apiGroup) && has(rule.resources, resource) && has(rule.verbs, verb));
}

/** The rules in a YAML file. */
export function rulesOf(path: string): ClusterRule[] {
  return parse(readFileSync(path, 'utf8')) as ClusterRule[];
}

function isSelected(object: KubeObject, params: URLSearchParams): boolean {
  const labels = object.metadata?.labels ?? {};
  const ofLabels = (params.get('labelSelector') ?? '').split(',').filter(Boolean);
  const ofFields = (params.get('fieldSelector') ?? '').split(',').filter(Boolean);
  return (
    ofLabels.every((term) => labels[term.split('=')[0] ?? ''] === term.split('=').at(-1)) &&
    ofFields.every((term) => fieldOf(object, term.split('=')[0] ?? '') === term.split('=').at(-1))
  );
}

function fieldOf(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}
