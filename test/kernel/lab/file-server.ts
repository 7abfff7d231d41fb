import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onCleanup } from './undo.js';

/**
 * Serves a file by HTTP on loopback, by ranges too (RFC 9110, 14), until the clean-up; the URL. What is asked for while it is stalled
 * is never answered.
 */
export async function serveFile(path: string, isStalled = (): boolean => false): Promise<string> {
  const size = statSync(path).size;
  const server = createServer(({ headers }, response) => {
    if (isStalled()) return;
    const match = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
    const start = Number(match?.[1] ?? 0);
    const end = match?.[2] ? Number(match[2]) : size - 1;
    response.writeHead(match === null ? 200 : 206, {
      'content-length': end - start + 1,
      etag: '"same"',
      ...(match === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    const file = createReadStream(path, { start, end });
    response.on('close', () => file.destroy());
    file.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.img`;
}
