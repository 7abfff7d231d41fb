import type { StructuredFormat } from './image-format.js';

/** A part of an image as it was when it was inspected. */
export interface PinnedPart {
  readonly offsetBytes: number;
  readonly bytes: Uint8Array;
}

/** An image whose header and tables hold nothing that would lead astray whoever opens it. */
export interface InspectedImage {
  readonly format: StructuredFormat;
  /** Which kind of the format: `version 3, zstd`, `streamOptimized`, `fixed`. Of the formats' own words. */
  readonly variant?: string;
  /** The size of the disk inside, as qemu-img makes it: whole sectors of 512 bytes. */
  readonly virtualSizeBytes: number;
  /** How much of the disk the image holds data for; absent where no table says so. */
  readonly allocatedBytes?: number;
  /**
   * The parts the decision rests on. Whoever opens the image later is to see these bytes, whatever the source says by then: a
   * server could show one header to the inspection and another one to the conversion.
   */
  readonly pinned: readonly PinnedPart[];
}
