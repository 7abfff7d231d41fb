import { u64be } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { readBitmapDirectory } from './bitmaps.js';
import type { Qcow2Header } from './header.js';

/** Types of header extensions: docs/interop/qcow2.txt of QEMU 9.2. Others are for whoever knows them. */
const END = 0;
const BITMAPS = 0x2385_2875;
const CRYPTO_HEADER = 0x0537_be77;
const DATA_FILE_NAME = 0x4441_5441;

const EXTENSION_HEADER_BYTES = 8;
const BITMAPS_EXTENSION_BYTES = 24;

/** Walks the header extensions, which lie between the header and the end of the first cluster. */
export async function checkExtensions(reader: ImageReader, header: Qcow2Header): Promise<void> {
  const endBytes = Math.min(header.clusterBytes, reader.sizeBytes);
  let at = header.headerBytes;
  while (at + EXTENSION_HEADER_BYTES <= endBytes) {
    const view = await reader.header('header extension', at, EXTENSION_HEADER_BYTES);
    const type = view.getUint32(0);
    const lengthBytes = view.getUint32(4);
    if (type === END) return;
    const start = at + EXTENSION_HEADER_BYTES;
    reader.require(lengthBytes <= endBytes - start, 'header extension length', at + 4, lengthBytes, `0..${endBytes - start}`);
    if (type === CRYPTO_HEADER) reader.refuse('encrypted', {}, at);
    if (type === DATA_FILE_NAME) reader.refuse('external-data-file', {}, at);
    if (type === BITMAPS) await checkBitmaps(reader, header, start, lengthBytes);
    // The next one begins at a multiple of 8.
    at = start + Math.ceil(lengthBytes / 8) * 8;
  }
}

async function checkBitmaps(reader: ImageReader, header: Qcow2Header, at: number, lengthBytes: number): Promise<void> {
  const wanted = BITMAPS_EXTENSION_BYTES;
  reader.require(lengthBytes === wanted, 'bitmaps extension length', at - 4, lengthBytes, String(wanted));
  const view = await reader.header('bitmaps extension', at, BITMAPS_EXTENSION_BYTES);
  const directory = { bitmaps: view.getUint32(0), sizeBytes: u64be(view, 8), offsetBytes: u64be(view, 16), at };
  await readBitmapDirectory(reader, header, directory);
}
