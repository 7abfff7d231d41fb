/**
 * Numbers of 64 bits as plain numbers. Above 2^53 they are not exact, and far beyond the end of any file: comparing them with
 * one still answers right.
 */
const HIGH = 2 ** 32;

export function u64be(view: DataView, offset: number): number {
  return view.getUint32(offset) * HIGH + view.getUint32(offset + 4);
}

export function u64le(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * HIGH + view.getUint32(offset, true);
}

export function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** The bytes of a part of a view as text, byte for byte. */
export function latin1(view: DataView, offset: number, length: number): string {
  return Buffer.from(view.buffer, view.byteOffset + offset, length).toString('latin1');
}

export function isZero(view: DataView, offset: number, length: number): boolean {
  for (let position = offset; position < offset + length; position++) if (view.getUint8(position) !== 0) return false;
  return true;
}
