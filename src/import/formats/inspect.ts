import { defaultImageBounds, type ImageBounds } from './bounds.js';
import type { StructuredFormat } from './image-format.js';
import type { InspectedImage } from './inspected.js';
import { inspectQcow2 } from './qcow2/inspect.js';
import { ImageReader, type ReadAt } from './reader.js';
import { inspectVdi } from './vdi.js';
import { inspectVhd } from './vhd/inspect.js';
import { inspectVhdx } from './vhdx/inspect.js';
import { inspectVmdk } from './vmdk/inspect.js';

const INSPECTORS: Readonly<Record<StructuredFormat, (reader: ImageReader) => Promise<InspectedImage>>> = {
  qcow2: inspectQcow2,
  vmdk: inspectVmdk,
  vdi: inspectVdi,
  vhd: inspectVhd,
  vhdx: inspectVhdx,
};

/**
 * Inspects an image before any program opens it: every field of its headers, and every table that says where the disk's bytes lie.
 * It reads no more than the bounds allow, holds no table whole, and asks `readAt` for nothing outside `sizeBytes`.
 *
 * @throws {ImageRefused} for whatever is wrong, refers to another file, or asks for more than the bounds allow; and what `readAt`
 * throws.
 */
export async function inspect(
  readAt: ReadAt,
  sizeBytes: number,
  format: StructuredFormat,
  bounds: Partial<ImageBounds> = {},
): Promise<InspectedImage> {
  return INSPECTORS[format](new ImageReader(readAt, sizeBytes, format, { ...defaultImageBounds, ...bounds }));
}
