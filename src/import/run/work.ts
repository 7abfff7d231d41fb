import type { ImageFormat } from '../formats/image-format.js';
import type { Copy } from './copy.js';
import type { TargetFile } from './target-file.js';

/** One way to bring an image onto a target. */
export interface Work {
  readonly format: ImageFormat;
  readonly layers: readonly ImageFormat[];
  /** The disk's size, where it is known before it is written. */
  readonly imageBytes?: number;
  /** Writes the disk; the disk's size. */
  write(target: TargetFile, copy: Copy): Promise<number>;
  /** Reads the target back and compares, where that was asked for; whether it was. Throws an ImportError when it differs. */
  verify(target: TargetFile, sizeBytes: number): Promise<boolean>;
  /** How much was written; undefined where only qemu-img knows. */
  writtenBytes(target: TargetFile): number | undefined;
  close(): Promise<void>;
}
