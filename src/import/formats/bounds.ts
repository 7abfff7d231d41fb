import { GIB } from '../../model/index.js';
import { type Bounds, defaultBounds } from '../streams/bounds.js';

/** What an image may ask for. A real image stays far below all of it; each bound can be raised. */
export interface ImageBounds extends Pick<Bounds, 'ratio' | 'freeBytes'> {
  /** The largest disk: the target's size, or what the user allows. */
  readonly maxVirtualSizeBytes: number;
  /** The tables that are read to the end, all together. 1 GiB is those of a full qcow2 of 8 TiB with clusters of 64 KiB. */
  readonly maxMetadataBytes: number;
}

export const defaultImageBounds: ImageBounds = {
  ratio: defaultBounds.ratio,
  freeBytes: defaultBounds.freeBytes,
  maxVirtualSizeBytes: 64 * 1024 * GIB,
  maxMetadataBytes: GIB,
};
