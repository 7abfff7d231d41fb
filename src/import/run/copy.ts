import { SEGMENT_BYTES, SegmentDigests } from '../digest.js';
import type { Unwrapped } from '../streams/unwrap.js';
import { type Checkpoint, keyOf, tailDigest, writeCheckpoint } from '../target/checkpoint.js';
import { BLOCK_BYTES } from '../target/writer.js';
import { checkFits, type Plan, type Sizes } from './plan.js';
import type { ImportRequest } from './request.js';
import type { TargetFile } from './target-file.js';

/** How often the way so far is made durable: what a kill costs. */
const CHECKPOINT_MS = 1_000;

const ZEROS = new Uint8Array(1024 * 1024);

/** Copies an image to a target, and keeps a checkpoint while it does. */
export class Copy {
  readonly #plan: Plan;
  readonly #request: ImportRequest;
  readonly #target: TargetFile;
  readonly #image: Pick<Unwrapped, 'format' | 'layers'>;
  readonly #segments: SegmentDigests | undefined;
  #saving: Promise<void> | undefined;
  #savedMs = performance.now();
  #failure: unknown;
  #imageBytes = Number.POSITIVE_INFINITY;

  constructor(plan: Plan, request: ImportRequest, target: TargetFile, image: Pick<Unwrapped, 'format' | 'layers'>) {
    this.#plan = plan;
    this.#request = request;
    this.#target = target;
    this.#image = image;
    const known = plan.resumed?.segments?.slice(0, plan.startBytes / SEGMENT_BYTES);
    this.#segments = request.verify ? new SegmentDigests(known) : undefined;
  }

  /** Marks the target as unfinished: before the first byte, and as what it is when it is given up. */
  async mark(state: Checkpoint['state'] = 'partial', durableBytes = this.#plan.startBytes): Promise<void> {
    const { source, location, verify } = this.#request;
    const segments = this.#segments?.complete.slice(0, Math.floor(durableBytes / SEGMENT_BYTES));
    writeCheckpoint(this.#plan.checkpointPath, {
      version: 1,
      state,
      sourceKey: keyOf(location),
      source: source.shown,
      identity: source.identity,
      target: this.#target.identity,
      format: this.#image.format,
      layers: this.#image.layers,
      durableBytes,
      tail: await tailDigest(this.#plan.facts.path, durableBytes),
      ...(verify && segments !== undefined ? { segments } : {}),
      updatedAt: new Date().toISOString(),
    });
  }

  /** Copies all chunks of an image, the first of which is at the plan's start; the image's size. */
  async run(chunks: AsyncIterable<Uint8Array>, sizes: Sizes, onPosition: (position: number) => void): Promise<number> {
    const { writer } = this.#target;
    const { target, signal, preallocation } = this.#request;
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      if (writer.position + chunk.length > sizes.limitBytes) checkFits(writer.position + chunk.length, sizes, target);
      this.#segments?.update(chunk);
      await writer.write(chunk);
      onPosition(writer.position);
      this.#saveNowAndThen();
    }
    const size = writer.position;
    this.#imageBytes = size;
    // Full is full, also where the target is larger than the image.
    for (let end = preallocation === 'full' ? (sizes.targetBytes ?? 0) : 0; writer.position < end; ) {
      signal.throwIfAborted();
      await writer.write(ZEROS.subarray(0, Math.min(ZEROS.length, end - writer.position)));
    }
    await writer.finish();
    await this.#saving;
    if (this.#failure !== undefined) throw this.#failure;
    return size;
  }

  /** The digests of the image's segments, for comparison. */
  digests(): readonly string[] | undefined {
    return this.#segments?.finish();
  }

  /** Waits until nothing is under way, and keeps what has been written for a later import, as far as that works. */
  async giveUp(): Promise<void> {
    await this.settle();
    await this.#save().catch(() => undefined);
  }

  /** Waits likewise, and marks the target as not to be used. */
  async reject(): Promise<void> {
    await this.settle();
    await this.mark('rejected', 0);
  }

  /** Waits until nothing is under way. */
  async settle(): Promise<void> {
    await this.#saving;
    await this.#target.writer.settle().catch(() => undefined);
  }

  #saveNowAndThen(): void {
    if (this.#saving !== undefined || performance.now() - this.#savedMs < CHECKPOINT_MS) return;
    this.#saving = this.#save()
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#saving = undefined;
        this.#savedMs = performance.now();
      });
  }

  async #save(): Promise<void> {
    // What was never flushed is no durable point.
    if (!this.#plan.way.flushes) return;
    // Nor are the zeros after the image's end, and an import begins at a whole block.
    const durable = Math.min(await this.#target.writer.flush(), this.#imageBytes);
    await this.mark('partial', durable - (durable % BLOCK_BYTES));
  }
}
