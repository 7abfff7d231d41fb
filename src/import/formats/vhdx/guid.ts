/** A GUID as Microsoft writes and stores it: the first three parts are little-endian numbers. */
export function guidAt(view: DataView, at: number): string {
  const digits = (value: number, length: number): string => value.toString(16).padStart(length, '0');
  const bytes = Array.from({ length: 8 }, (_, index) => digits(view.getUint8(at + 8 + index), 2)).join('');
  const parts = [
    digits(view.getUint32(at, true), 8),
    digits(view.getUint16(at + 4, true), 4),
    digits(view.getUint16(at + 6, true), 4),
    bytes.slice(0, 4),
    bytes.slice(4),
  ];
  return parts.join('-');
}
