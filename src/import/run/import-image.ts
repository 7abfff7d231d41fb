import { rmSync } from 'node:fs';
import type { ImportReport } from '../../model/index.js';
import type { Checksum } from '../digest.js';
import { errnoOf, ImportError } from '../error.js';
import { isStructured } from '../formats/image-format.js';
import { removeCheckpoint } from '../target/checkpoint.js';
import { targetError } from '../target/facts.js';
import { convertWork } from './convert-work.js';
import { Copy } from './copy.js';
import { copyWork } from './copy-work.js';
import { checkFits, finalBytes, type Plan, planImport, sizesOf } from './plan.js';
import type { ImportRequest } from './request.js';
import { TargetFile } from './target-file.js';
import { Transfer } from './transfer.js';
import type { Work } from './work.js';

/**
 * Writes the image of a source to a target. Resolves when all of it is there and, unless the cache mode says otherwise, on the disk.
 * Throws an ImportError, or an AbortError when the signal ends it; the target is then marked by a checkpoint, and left for a later
 * import to take up or replace. The source stays open.
 */
export async function importImage(request: ImportRequest): Promise<ImportReport> {
  const startedAt = new Date();
  let transfer: Transfer | undefined;
  try {
    const plan = await planImport(request);
    transfer = new Transfer(request, plan);
    return await bringOver(request, plan, transfer, startedAt);
  } catch (error) {
    throw explained(error, request);
  } finally {
    await transfer?.close();
  }
}

async function bringOver(request: ImportRequest, plan: Plan, transfer: Transfer, startedAt: Date): Promise<ImportReport> {
  const sizes = sizesOf(plan.facts, request);
  const work = await workFor(request, plan, transfer);
  try {
    const { imageBytes } = work;
    if (imageBytes !== undefined) checkFits(imageBytes, sizes, request.target);
    const target = TargetFile.open(plan, request);
    const copy = new Copy(plan, request, target, work);
    try {
      await copy.mark();
      const reserved = imageBytes === undefined ? undefined : finalBytes(imageBytes, sizes);
      if (reserved !== undefined) await target.preallocate(reserved);
      const size = await work.write(target, copy);
      const targetSizeBytes = plan.facts.kind === 'block' ? plan.facts.sizeBytes : finalBytes(size, sizes);
      if (reserved !== targetSizeBytes) await target.preallocate(targetSizeBytes);
      target.resize(targetSizeBytes);
      if (plan.way.flushes) await target.sync();
      const verified = await work.verify(target, size);
      const writtenBytes = work.writtenBytes(target);
      removeCheckpoint(plan.checkpointPath);
      return {
        source: request.source.shown,
        target: request.target,
        format: work.format,
        layers: work.layers,
        startedAt: startedAt.toISOString(),
        wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
        bytesRead: transfer.bytesRead,
        ...(writtenBytes === undefined ? {} : { bytesWritten: writtenBytes }),
        virtualSizeBytes: size,
        targetSizeBytes,
        cacheMode: plan.way.name,
        ...bufferingOf(target, plan),
        flushed: plan.way.flushes,
        ...(request.checksum === undefined ? {} : { checksum: textOf(request.checksum) }),
        verified,
        ...(plan.startBytes === 0 ? {} : { resumedFromBytes: plan.startBytes }),
        retries: transfer.retries + (request.source.retries ?? 0),
      };
    } catch (error) {
      await leave(explained(error, request), plan, copy);
      throw error;
    } finally {
      target.close();
    }
  } finally {
    await work.close();
  }
}

/** What is known of pages that wait for the disk, and how much may. qemu-img waits for each write instead. */
function bufferingOf({ way, dirtyBoundBytes, writer }: TargetFile, { facts }: Plan): Partial<ImportReport> {
  const { buffering, isBounded } = way;
  return {
    ...(buffering === undefined ? {} : { buffering }),
    ...(buffering === 'loop-device' && facts.bufferingLoop !== undefined ? { bufferingDevice: facts.bufferingLoop } : {}),
    ...(isBounded && writer.position > 0 ? { dirtyBoundBytes } : {}),
  };
}

/** How the image comes onto the target: its content decides. */
async function workFor(request: ImportRequest, plan: Plan, transfer: Transfer): Promise<Work> {
  const image = await transfer.open();
  const { format } = image;
  return isStructured(format)
    ? convertWork(request, plan, transfer, { ...image, format })
    : copyWork(request, plan, transfer, image);
}

/** What fails leaves a target that is marked. An image that is not what was promised is taken away, or marked as not to be used. */
async function leave(error: unknown, { facts, checkpointPath }: Plan, copy: Copy): Promise<void> {
  if (!(error instanceof ImportError) || error.fault !== 'image') return copy.giveUp();
  if (facts.kind === 'block') return copy.reject();
  await copy.settle();
  rmSync(facts.path, { force: true });
  removeCheckpoint(checkpointPath);
}

/** The source's errors are told where they happen. What is left is of the system, and of the target. */
function explained(error: unknown, { target, signal }: ImportRequest): unknown {
  if (error instanceof ImportError) return error;
  if (signal.aborted) return signal.reason;
  return errnoOf(error) === undefined ? error : targetError(error, target);
}

function textOf({ algorithm, hex }: Checksum): string {
  return `${algorithm}:${hex}`;
}
