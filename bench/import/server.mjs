// Serves the files of a directory on loopback, by ranges too; prints its port.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';

const [directory = '.'] = process.argv.slice(2);
const BLOCK_BYTES = 1024 * 1024;

const server = createServer(({ url = '', headers }, response) => {
  const path = join(directory, basename(url));
  const { size } = statSync(path);
  const match = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  const start = Number(match?.[1] ?? 0);
  const end = match?.[2] ? Number(match[2]) : size - 1;
  response.writeHead(match === null ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    etag: '"same"',
    ...(match === null ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  });
  const file = createReadStream(path, { start, end, highWaterMark: BLOCK_BYTES });
  response.on('close', () => file.destroy());
  file.pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(address.port);
});
