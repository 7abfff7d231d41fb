import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedImage {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
  close(): void;
}

export interface ServingOptions {
  /** Told instead of serving. */
  readonly status?: number;
  /** Breaks the first connection off after so many bytes. */
  readonly cutAfter?: number;
  /** Sends a piece of 64 KiB in this many milliseconds. */
  readonly pieceMs?: number;
  /** Any, unless given. */
  readonly port?: number;
  /** Other answers by path. */
  readonly others?: Readonly<Record<string, string>>;
}

const PIECE = 64 * 1024;

/** Serves bytes by http on loopback, by ranges too (RFC 9110, 14); every path but those of `others` is the image. */
export async function serveImage(image: Uint8Array, options: ServingOptions = {}): Promise<ServedImage> {
  const requests: IncomingMessage[] = [];
  let hasCut = false;
  const server = createServer((request, response) => {
    requests.push(request);
    const other = options.others?.[request.url ?? ''];
    if (other !== undefined) return void response.end(other);
    if (options.status !== undefined) return void response.writeHead(options.status).end();
    const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const start = Number(match?.[1] ?? 0);
    const end = match?.[2] ? Number(match[2]) + 1 : image.length;
    response.writeHead(match === null ? 200 : 206, {
      'content-length': end - start,
      etag: '"same"',
      ...(match === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${image.length}` }),
    });
    const cut = !hasCut && options.cutAfter !== undefined && end - start > options.cutAfter;
    if (cut) {
      hasCut = true;
      response.write(image.subarray(start, start + (options.cutAfter ?? 0)), () => response.destroy());
      return;
    }
    let at = start;
    const send = (): void => {
      if (response.destroyed) return;
      const piece = image.subarray(at, Math.min(at + PIECE, end));
      at += piece.length;
      if (at >= end) return void response.end(piece);
      response.write(piece);
      setTimeout(send, options.pieceMs);
    };
    if (options.pieceMs === undefined) response.end(image.subarray(start, end));
    else send();
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.img`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
