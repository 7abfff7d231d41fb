import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A forward proxy on the loopback interface: absolute requests for http, CONNECT for the rest. It is gone after the test. */
export class ForwardProxy {
  readonly url: string;
  /** `GET http://…` and `CONNECT host:port`, in order. */
  readonly requests: string[] = [];
  readonly logins: (string | undefined)[] = [];

  private constructor(url: string) {
    this.url = url;
  }

  /** `routes` names the server, by its URL, behind each `host:port` that is asked for; `login` is what the proxy asks for. */
  static async start(routes: Readonly<Record<string, string>>, login?: string): Promise<ForwardProxy> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const proxy = new ForwardProxy(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
    const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    const statusFor = ({ method, url, headers }: IncomingMessage, host: string): number => {
      proxy.requests.push(`${method} ${url}`);
      proxy.logins.push(headers['proxy-authorization']);
      if (wanted !== undefined && headers['proxy-authorization'] !== wanted) return 407;
      return routes[host] === undefined ? 502 : 200;
    };
    listener.on('request', (incoming, outgoing) => {
      const url = new URL(incoming.url ?? '', 'http://none');
      const host = `${url.hostname}:${url.port === '' ? 80 : url.port}`;
      const status = statusFor(incoming, host);
      if (status !== 200) return void outgoing.writeHead(status).end();
      const { 'proxy-authorization': _, ...headers } = incoming.headers;
      const onward = request(new URL(url.pathname, routes[host]), { headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end();
    });
    const sockets = new Set<Socket>();
    listener.on('connect', (incoming: IncomingMessage, socket: Socket) => {
      const status = statusFor(incoming, incoming.url ?? '');
      if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      const onward = connect(Number(new URL(routes[incoming.url ?? ''] ?? '').port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      for (const end of [socket, onward]) {
        sockets.add(end);
        end.on('error', () => undefined);
      }
    });
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      listener.closeAllConnections();
      listener.close();
    });
    return proxy;
  }
}
