import type { Duplex } from 'node:stream';
import { bytes, seconds } from '../../model/index.js';
import { ImportError } from '../error.js';
import type { InspectedImage } from '../formats/inspected.js';
import { ALIGNMENT, roundUp } from '../target/aligned.js';
import type { Pausable } from '../target/dirty-growth.js';
import { targetError } from '../target/facts.js';
import { type HelperEnd, type HelperLimits, type RunningHelper, startHelper, watchForStall } from './helper.js';
import type { ImageBytes } from './image-bytes.js';
import { serveNbd } from './nbd/serve.js';
import { type ConvertTarget, compareArgs, convertArgs, measureArgs, parseProgress } from './qemu-img.js';

/** How long qemu-img may do nothing at all while it waits for nothing of ours. */
const STALL_MS = 600_000;

export interface Conversion extends ConvertTarget {
  readonly image: ImageBytes;
  readonly inspected: InspectedImage;
  /** Open, as large as the disk at least; of a file, all zeros. */
  readonly targetFd: number;
  readonly target: string;
  readonly targetBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (position: number) => void;
  /** Told who writes. */
  readonly onWriter?: (writer: Pausable) => void;
  readonly stallMs?: number;
}

/**
 * Writes the disk in an inspected image to a target, by qemu-img, which reads it from this process over NBD. Nothing is flushed at the
 * end. Throws an ImportError, or an AbortError; no helper is left then, and nothing of the image is being read.
 */
export async function convert(conversion: Conversion): Promise<void> {
  const { inspected, onProgress, onWriter, signal, image } = conversion;
  await checkSize(conversion);
  const args = convertArgs(inspected.format, conversion, inspected.virtualSizeBytes);
  const onText = (text: string): void => {
    const done = parseProgress(text);
    if (done !== undefined) onProgress?.(Math.floor(done * inspected.virtualSizeBytes));
  };
  const end = await run(conversion, args, onText, onWriter);
  if (end.code !== 0) throw failure(conversion, end);
  signal.throwIfAborted();
  onProgress?.(inspected.virtualSizeBytes);
  image.confirm();
}

/** Reads the image and the target once more, and compares. Throws an ImportError when they differ. */
export async function compare(conversion: Conversion): Promise<void> {
  const { inspected, target, image } = conversion;
  let stdout = '';
  const end = await run(conversion, compareArgs(inspected.format, conversion, inspected.virtualSizeBytes), (text) => {
    stdout = (stdout + text).slice(-1024);
  });
  image.confirm();
  if (end.code === 0) return;
  // 1 of its exit codes is: the images differ (docs/tools/qemu-img.rst, QEMU 10).
  if (end.code !== 1) throw failure(conversion, end);
  const at = Number(/at offset (\d+)/.exec(stdout)?.[1] ?? 0);
  throw new ImportError('verify-mismatch', { target, at: bytes(at) });
}

/** qemu-img must see the disk that was inspected. */
async function checkSize(conversion: Conversion): Promise<void> {
  const { inspected, image } = conversion;
  let stdout = '';
  const end = await run(conversion, measureArgs(inspected.format), (text) => {
    stdout = (stdout + text).slice(0, 1024);
  });
  if (end.code !== 0) throw failure(conversion, end);
  const seen = Number(/"required": (\d+)/.exec(stdout)?.[1]);
  if (seen === inspected.virtualSizeBytes) return;
  throw new ImportError('sizes-differ', {
    source: image.shown,
    format: inspected.format,
    inspected: bytes(inspected.virtualSizeBytes),
    seen: bytes(seen),
  });
}

/** Runs qemu-img to its end, serving it the image. Throws what reading the image failed with, or why it was ended. */
async function run(
  conversion: Conversion,
  args: readonly string[],
  onText: (text: string) => void,
  onStart?: (helper: RunningHelper) => void,
): Promise<HelperEnd> {
  const { image, targetFd, signal, stallMs = STALL_MS } = conversion;
  signal.throwIfAborted();
  const helper = await startHelper(
    { command: 'qemu-img', package: 'qemu-utils', args, limits: limitsFor(conversion), descriptors: ['pipe', targetFd] },
    image.shown,
  );
  onStart?.(helper);
  const kill = (): void => helper.kill();
  signal.addEventListener('abort', kill, { once: true });
  const stalled = watchForStall(helper, stallMs, () => image.isReading);
  helper.child.stdout?.setEncoding('utf8').on('data', onText);
  // When a write has failed, qemu-img still waits for all that it has asked for.
  helper.child.stderr?.on('data', () => {
    if (targetErrnoIn(helper.stderr()) !== undefined) helper.kill();
  });
  const socket = socketOf(helper);
  // It says that it goes before it does, and then nobody looks at the socket, which has to be closed for the end to be told.
  helper.child.once('exit', () => socket.destroy());
  const served = serveNbd(socket, image);
  /** Ends what is being read for a helper that reads no more. */
  const hangUp = async (): Promise<unknown> => {
    socket.destroy();
    await image.abandon();
    return served;
  };
  try {
    const end = await Promise.race([helper.ended, stalled.promise]);
    signal.throwIfAborted();
    if (end === undefined) throw new ImportError('helper-stalled', { source: image.shown, idle: seconds(stallMs / 1000) });
    const problem = await hangUp();
    if (problem !== undefined) throw problem;
    return end;
  } finally {
    stalled.stop();
    signal.removeEventListener('abort', kill);
    helper.kill();
    await hangUp().catch(() => undefined);
  }
}

/** What real images stay far below: the bounds are against forged ones. */
function limitsFor({ inspected, targetBytes }: Conversion): HelperLimits {
  const gib = 1024 ** 3;
  return {
    addressSpaceBytes: 2 * gib,
    // Past the page cache it is written in whole pages, and cut to its size afterwards.
    fileBytes: roundUp(targetBytes, ALIGNMENT),
    // Decompression and zeros of the slowest kind: some 10 MiB a second.
    cpuSeconds: 600 + Math.ceil((100 * inspected.virtualSizeBytes) / gib),
    openFiles: 64,
  };
}

function socketOf({ child }: RunningHelper): Duplex {
  const socket = child.stdio[3];
  if (socket === null || socket === undefined || !('read' in socket) || !('write' in socket)) throw new Error('no socket');
  return socket as Duplex;
}

/** What qemu-img says of a target, by the C library's texts in the locale C, and the errno each stands for. */
const TARGET_ERRORS: readonly (readonly [RegExp, string])[] = [
  [/while writing.*: No space left on device/, 'ENOSPC'],
  [/while writing.*: Disk quota exceeded/, 'EDQUOT'],
  [/while writing.*: File too large/, 'EFBIG'],
  [/while writing.*: Input\/output error/, 'EIO'],
  [/Failed to get "?\w+"? lock/, 'EBUSY'],
];

/** The errno that qemu-img says it failed with on the target; undefined where it says none. */
function targetErrnoIn(stderr: string): string | undefined {
  return TARGET_ERRORS.find(([text]) => text.test(stderr))?.[1];
}

function failure({ image, inspected, target }: Conversion, { code, signal, stderr }: HelperEnd): ImportError {
  const names = { source: image.shown, format: inspected.format };
  if (signal === 'SIGXCPU') return new ImportError('helper-limit', { ...names, limit: 'RLIMIT_CPU' });
  if (signal === 'SIGXFSZ') return new ImportError('helper-limit', { ...names, limit: 'RLIMIT_FSIZE' });
  if (/cannot allocate memory|failed to allocate/i.test(stderr)) {
    return new ImportError('helper-limit', { ...names, limit: 'RLIMIT_AS' });
  }
  const errno = targetErrnoIn(stderr);
  if (errno !== undefined) return targetError(Object.assign(new Error(stderr), { code: errno }), target);
  if (signal !== null) return new ImportError('helper-killed', { ...names, signal });
  const [detail = ''] = stderr.split('\n', 1);
  return new ImportError('convert-failed', { ...names, detail: detail.slice(0, 300) || `exit ${code}` });
}
