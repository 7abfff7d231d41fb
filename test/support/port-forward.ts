import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, 1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const PROTOCOL = 'v4.channel.k8s.io';

/**
 * Answers a port-forward as the API server does over WebSocket: on channel 0 the data and on channel 1 errors, each begun by the
 * port's number. What the caller sends is one HTTP request; `respond` gives the bytes that the container answers.
 */
export function answerPortForward(request: IncomingMessage, socket: Duplex, respond: (request: string) => Buffer): void {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${WEBSOCKET_GUID}`).digest('base64');
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${key}`,
      `Sec-WebSocket-Protocol: ${PROTOCOL}`,
      '\r\n',
    ].join('\r\n'),
  );
  const port = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('ports'));
  for (const channel of [0, 1]) socket.write(frame(Buffer.from([channel, port & 0xff, port >> 8])));
  let received = Buffer.alloc(0);
  let asked = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let next = unmask(received); next !== undefined; next = unmask(received)) {
      received = received.subarray(next.length);
      if (next.opcode === 8) {
        socket.end();
        return;
      }
      if (next.payload[0] === 0) asked += next.payload.subarray(1).toString();
    }
    if (!asked.includes('\r\n\r\n')) return;
    socket.write(frame(Buffer.concat([Buffer.from([0]), respond(asked)])));
    asked = '';
    socket.end(Buffer.from([0x88, 0]));
  });
}

function frame(payload: Buffer): Buffer {
  const head = payload.length < 126 ? Buffer.from([0x82, payload.length]) : Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (payload.length >= 126) head.writeUInt32BE(payload.length, 6);
  return Buffer.concat([head, payload]);
}

/** The first whole frame of a client, whose payload is masked. */
function unmask(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 6) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 6 + extra) return undefined;
  const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  const start = 6 + extra;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + size)).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: Buffer.from(payload), length: start + size };
}
