import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { OfferedFile } from './offered-files.js';

/** A page being served. */
export interface PageServer {
  readonly url: string;
  /** Ends it, and whatever is being sent. */
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
/** Names under which a browser on this machine, or at the other end of `ssh -L`, asks. Any other is another site's, made to lead here. */
const OWN_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

const HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

/** What the page's own policy, in the page, cannot say. */
const PAGE_POLICY = "frame-ancestors 'none'";
/** A file is data, whatever is in it: opened by itself it shows nothing and runs nothing. */
const FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

/**
 * Serves a page and files to this machine, at an address nobody can guess. `page` is the page's text; each file is read anew when
 * it is asked for, up to the size it had. Port 0 takes any that is free. Rejects with the errno error of listen(2).
 */
export async function servePage(page: string, files: readonly OfferedFile[], port: number): Promise<PageServer> {
  const token = randomBytes(16).toString('base64url');
  const server = createAdaptorServer({ fetch: pageApp(page, files, token).fetch, hostname: LOOPBACK });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${taken}/${token}/`,
    close: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pageApp(page: string, files: readonly OfferedFile[], token: string): Hono {
  const app = new Hono({ strict: true });
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    if (!OWN_NAMES.has(hostName(context.req.header('host')))) return context.text('not the host of this page\n', 403);
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      return context.text('only GET\n', 405, { Allow: 'GET, HEAD' });
    }
    return next();
  });
  const isAllowed = (context: Context): boolean => isSame(context.req.param('token') ?? '', token);
  app.get('/:token/', (context) => {
    if (!isAllowed(context)) return context.notFound();
    return context.html(page, 200, { 'Content-Security-Policy': PAGE_POLICY });
  });
  app.get('/:token/files/:index{[0-9]{1,6}}', (context) => {
    const file = files[Number(context.req.param('index'))];
    if (!isAllowed(context) || file === undefined) return context.notFound();
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment',
      'Content-Length': String(file.sizeBytes),
      'Content-Security-Policy': FILE_POLICY,
    };
    return context.req.method === 'HEAD' ? context.body(null, 200, headers) : context.body(contentOf(file), 200, headers);
  });
  app.notFound((context) => context.text('not found\n', 404));
  app.onError((_, context) => context.text('not found\n', 404));
  return app;
}

/** The name in a Host header, without the port; the port may be another where the connection was forwarded. */
function hostName(host: string | undefined): string {
  return (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '');
}

/** Whether two texts are the same, in a time that does not tell how much of them is. */
function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A log may have grown since: what is sent is as long as was promised. */
function contentOf({ path, sizeBytes }: OfferedFile): ReadableStream {
  if (sizeBytes === 0) return new Blob([]).stream() as ReadableStream;
  return Readable.toWeb(createReadStream(path, { end: sizeBytes - 1 })) as ReadableStream;
}
