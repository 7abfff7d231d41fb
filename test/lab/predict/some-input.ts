import { GIB, MIB, type PredictionInput } from '../../../src/model/index.js';

/** The seed's importer: v1, a large machine with the kernel's default thresholds. */
export const seed: PredictionInput = {
  writeBytesPerSecond: 200 * MIB,
  diskBytesPerSecond: 30 * MIB,
  limitBytes: 600 * MIB,
  otherBytes: 100 * MIB,
  dirtyableBytes: 20 * GIB,
  settings: { dirtyRatio: 20, backgroundRatio: 10, dirtyBytes: 0, backgroundBytes: 0, expireSeconds: 30 },
  kernelRelease: '6.12.0',
  multiGenLru: false,
  cgroupVersion: 1,
  cgroupWriteback: false,
};
