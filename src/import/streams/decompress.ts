import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { bytes } from '../../model/index.js';
import { DECODER_BYTES, DECODER_TOOLS, needsMoreMemory, toolEnvironment } from '../../sources/streams/decoder-tools.js';
import { errnoOf, ImportError } from '../error.js';
import type { CompressedFormat } from '../formats/image-format.js';
import { ChunkReader, through } from './through.js';

/** What bzip2 says of a stream after which comes something else, and succeeds: it may be a stream whose beginning is damaged. */
const GARBAGE = /trailing garbage/i;
const MAX_STDERR = 4096;

/** The bytes a compressed stream stands for. Throws an ImportError when it is damaged, or needs what is not there. */
export function decompress(
  compression: CompressedFormat,
  chunks: AsyncIterable<Uint8Array>,
  shown: string,
): AsyncIterable<Uint8Array> {
  if (compression === 'gz') return gunzip(chunks, shown);
  return withTool(compression, chunks, shown);
}

/**
 * gzip by Node, which takes zeros after a member for the end of all (node_zlib.cc, 20) and would leave out a member after them. They
 * are the padding of tapes and block devices when nothing else follows.
 */
async function* gunzip(chunks: AsyncIterable<Uint8Array>, shown: string): AsyncGenerator<Uint8Array> {
  const reader = new ChunkReader(chunks);
  const decoder = zlib.createGunzip();
  let offered = 0;
  let lastNonZero = -1;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
      const at = next.value.findLastIndex((byte) => byte !== 0);
      if (at >= 0) lastNonZero = offered + at;
      offered += next.value.length;
      yield next.value;
    }
  };
  try {
    yield* through(watched(), decoder, decoder);
    for await (const _ of watched());
    if (lastNonZero >= decoder.bytesWritten) throw damaged(shown, 'gz', 'trailing garbage');
  } catch (error) {
    if (errnoOf(error)?.startsWith('Z_') !== true) throw error;
    throw damaged(shown, 'gz', error instanceof Error ? error.message : '');
  } finally {
    await reader.close();
  }
}

async function* withTool(
  compression: Exclude<CompressedFormat, 'gz'>,
  chunks: AsyncIterable<Uint8Array>,
  shown: string,
): AsyncGenerator<Uint8Array> {
  const tool = DECODER_TOOLS[compression];
  const child = spawn(tool.command, tool.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    env: toolEnvironment(),
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    if (stderr.length < MAX_STDERR) stderr += text.toString('utf8');
    // What they say, being told to be quiet, is why they end. zstd waits for more of its input before it does (1.5).
    child.stdin.destroy();
  });
  try {
    await once(child, 'spawn');
  } catch {
    if (compression === 'xz') yield* withWasm(chunks, shown);
    else throw new ImportError('tool-missing', { tool: tool.command, package: tool.package, source: shown });
    return;
  }
  try {
    yield* through(chunks, child.stdin, child.stdout, async () => {
      if ((await closed) === 0 && !GARBAGE.test(stderr)) return;
      const detail = stderr.trim().split('\n', 1)[0] ?? '';
      if (needsMoreMemory(stderr)) throw new ImportError('decoder-memory', { source: shown, limit: bytes(DECODER_BYTES) });
      throw damaged(shown, compression, detail);
    });
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await closed;
  }
}

/** xz by WebAssembly, slower. Its memory is WebAssembly's own, which a large dictionary may not have. */
async function* withWasm(chunks: AsyncIterable<Uint8Array>, shown: string): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  let failure: { readonly error: unknown } | undefined;
  const copied = (async function* () {
    try {
      for await (const chunk of chunks) yield Buffer.from(chunk);
    } catch (error) {
      failure = { error };
      throw error;
    }
  })();
  try {
    yield* new XzReadableStream(Readable.toWeb(Readable.from(copied, { highWaterMark: 1 })));
  } catch (error) {
    if (failure !== undefined) throw failure.error;
    throw damaged(shown, 'xz', error instanceof Error ? error.message : '');
  }
}

function damaged(source: string, format: CompressedFormat, detail: string): ImportError {
  return new ImportError('damaged', { source, format, detail });
}
