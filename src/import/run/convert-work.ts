import { statSync } from 'node:fs';
import { message } from '../../model/index.js';
import { type Conversion, compare, convert } from '../convert/convert.js';
import { BlockDigests, ImageBytes, isSeekable, type SeekableSource } from '../convert/image-bytes.js';
import { ImportError } from '../error.js';
import type { StructuredFormat } from '../formats/image-format.js';
import { inspect } from '../formats/inspect.js';
import { fileSource } from '../sources/file.js';
import { isTelling } from '../sources/source.js';
import { diskRange } from '../streams/tar.js';
import type { Unwrapped } from '../streams/unwrap.js';
import { finalBytes, type Plan, sizesOf } from './plan.js';
import type { ImportRequest } from './request.js';
import { downloadToScratch } from './scratch.js';
import type { TargetFile } from './target-file.js';
import type { Transfer } from './transfer.js';
import type { Work } from './work.js';

const SECTOR_BYTES = 512;

/**
 * A disk inside an image with tables of its own: inspected, then written by qemu-img. The image is read where it is, by ranges; one
 * that can only be read from start to end goes to the scratch directory first.
 */
export async function convertWork(
  request: ImportRequest,
  plan: Plan,
  transfer: Transfer,
  wrapped: Unwrapped & { readonly format: StructuredFormat },
): Promise<Work> {
  const { signal, target, preallocation } = request;
  const { facts } = plan;
  const { format, layers } = wrapped;
  const { image, close } = await placeOf(request, transfer, wrapped);
  try {
    const inspected = await inspect((offset, length) => image.readAt(offset, length), image.sizeBytes, format);
    image.pin(inspected.pinned);
    const imageBytes = inspected.virtualSizeBytes;
    const fileBytes = finalBytes(imageBytes, sizesOf(facts, request));
    const conversionTo = (file: TargetFile): Conversion => ({
      image,
      inspected,
      kind: facts.kind,
      way: file.way,
      preallocation,
      target,
      targetFd: file.fd,
      targetBytes: facts.kind === 'block' ? facts.sizeBytes : fileBytes,
      signal,
      onProgress: (position) => transfer.report(position, imageBytes),
    });
    return {
      format,
      layers,
      imageBytes,
      write: async (file) => {
        file.resize(fileBytes);
        if (!(await written(file, conversionTo(file)))) {
          // qemu-img takes a file for zeros, and the space of it was given up with what was in it.
          file.resize(0);
          await file.preallocate(fileBytes);
          file.resize(fileBytes);
          await written(file, conversionTo(file));
        }
        return imageBytes;
      },
      verify: async (file) => {
        if (request.verify) await compare(conversionTo(file));
        return request.verify;
      },
      writtenBytes: () => (facts.kind === 'file' ? statSync(facts.path).blocks * SECTOR_BYTES : undefined),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Converts, and looks after the file's page cache meanwhile. False when pages came that should not: it was ended then. */
async function written(file: TargetFile, conversion: Conversion): Promise<boolean> {
  const { signal } = conversion;
  const { found, onWriter, stop } = file.tend();
  try {
    await convert({ ...conversion, signal: AbortSignal.any([signal, found]), onWriter });
    return true;
  } catch (error) {
    if (!found.aborted || signal.aborted) throw error;
    return false;
  } finally {
    await stop();
  }
}

/** An image where it can be read by ranges. `close` ends what is being read of it. */
interface Place {
  readonly image: ImageBytes;
  close(): Promise<void>;
}

async function placeOf(request: ImportRequest, transfer: Transfer, wrapped: Unwrapped): Promise<Place> {
  const { source, checksum } = request;
  // Without a checksum, and without a word of the server's on what it sends, the parts may be of different files.
  const isKnown = checksum !== undefined || isTelling(source.identity);
  const isReachable = wrapped.layers.every((layer) => layer === 'tar') && wrapped.layers.length <= 1;
  if (!isSeekable(source) || !isKnown || !isReachable) return scratchPlace(request, transfer, wrapped);
  await transfer.close();
  const image = await imageIn(source, request, transfer);
  try {
    if (wrapped.layers.length > 0) {
      const { offsetBytes, sizeBytes } = await diskRange(image, source.shown, request.member);
      image.narrow(offsetBytes, sizeBytes);
    }
    return { image, close: () => image.abandon() };
  } catch (error) {
    await image.abandon();
    throw error;
  }
}

/** A source read by ranges. Its checksum is of the whole: that is read first, and each part that is read later must agree with it. */
async function imageIn(source: SeekableSource, request: ImportRequest, transfer: Transfer): Promise<ImageBytes> {
  const { signal, checksum, onNote } = request;
  const onRead = (bytes: number): void => transfer.countRead(bytes);
  if (checksum === undefined) return new ImageBytes(source, { signal, onRead });
  onNote?.(message('import.note.checksum-first', { source: source.shown }));
  const digests = new BlockDigests(source.sizeBytes);
  await transfer.hashWhole((chunk) => digests.update(chunk));
  digests.finish();
  return new ImageBytes(source, { signal, onRead, digests });
}

async function scratchPlace(request: ImportRequest, transfer: Transfer, wrapped: Unwrapped): Promise<Place> {
  const { layers, chunks, format } = wrapped;
  const { source, signal, onNote, scratchDirectory } = request;
  if (scratchDirectory === undefined) {
    await chunks.return(undefined);
    const shown = { source: source.shown, format, layers: [...layers].reverse().join('.') };
    throw new ImportError(layers.length === 0 ? 'needs-scratch' : 'needs-scratch-wrapped', shown);
  }
  onNote?.(message('import.note.scratch', { source: source.shown, directory: scratchDirectory }));
  const scratch = await downloadToScratch(request, scratchDirectory, chunks, (position) => transfer.report(position, undefined));
  try {
    await transfer.confirm();
    const local = fileSource(scratch.path);
    if (!isSeekable(local)) throw new Error('a file can be read anywhere');
    const image = new ImageBytes({ ...local, shown: source.shown }, { signal });
    const close = async (): Promise<void> => {
      await image.abandon();
      await local.close();
      scratch.remove();
    };
    return { image, close };
  } catch (error) {
    scratch.remove();
    throw error;
  }
}
