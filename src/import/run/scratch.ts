import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ImportError } from '../error.js';
import { targetError, targetFacts } from '../target/facts.js';
import { wayOf } from './plan.js';
import type { ImportRequest } from './request.js';
import { TargetFile } from './target-file.js';

/** A file that holds an image for as long as it is needed. */
export interface Scratch {
  readonly path: string;
  remove(): void;
}

/**
 * Writes an image to a file in the scratch directory, past the page cache or within its bound as any target. The name is the target's
 * own: what a kill left there is overwritten by the next import, not added to.
 */
export async function downloadToScratch(
  request: ImportRequest,
  directory: string,
  chunks: AsyncIterable<Uint8Array>,
  onPosition: (position: number) => void,
): Promise<Scratch> {
  const name = createHash('sha256').update(request.target).digest('hex').slice(0, 16);
  const path = join(directory, `.oomkit-scratch-${name}.img`);
  const remove = (): void => rmSync(path, { force: true });
  const file = openScratch(path, request);
  try {
    for await (const chunk of chunks) {
      request.signal.throwIfAborted();
      await file.writer.write(chunk);
      onPosition(file.writer.position);
    }
    file.resize(await file.writer.finish());
    return { path, remove };
  } catch (error) {
    await file.writer.settle().catch(() => undefined);
    remove();
    request.signal.throwIfAborted();
    throw targetError(error, path);
  } finally {
    file.close();
  }
}

function openScratch(path: string, request: ImportRequest): TargetFile {
  rmSync(path, { force: true });
  const facts = targetFacts(path);
  if (facts.isInMemory) throw new ImportError('target-memory', { target: path });
  const own: ImportRequest = { ...request, target: path, cacheMode: 'auto', preallocation: 'off', mode: 0o600 };
  const plan = { facts, way: wayOf(facts, own), checkpointPath: path, startBytes: 0 };
  return TargetFile.open(plan, own);
}
