import { GIB, KIB, MIB } from '../../model/index.js';

const LARGEST_UNIT = { name: 'TiB', bytes: 1024 * GIB };
const UNITS = [
  { name: 'KiB', bytes: KIB },
  { name: 'MiB', bytes: MIB },
  { name: 'GiB', bytes: GIB },
];

/** A size for reading, with three or four significant digits: `572.2 MiB`, `1.25 GiB`, `64 MiB`, `512 B`. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(Math.round(bytes));
  const sign = bytes < 0 ? '-' : '';
  if (size < KIB) return `${sign}${size} B`;
  // 1023.96 MiB would be shown as 1024.0 MiB: it is in the next unit already.
  const unit = UNITS.find((candidate) => size / candidate.bytes < 1023.95) ?? LARGEST_UNIT;
  return `${sign}${digits(size / unit.bytes)} ${unit.name}`;
}

/** The same size to the byte, in KiB as the kernel prints it when it is whole: `585936 KiB`, `600001 B`. */
export function formatBytesExact(bytes: number): string {
  const whole = Math.round(bytes);
  return whole % KIB === 0 ? `${whole / KIB} KiB` : `${whole} B`;
}

/** A whole number as it is; else so many decimals that 3 or 4 digits are shown, so that `.0` says that it was rounded. */
function digits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (value < 10) return value.toFixed(2);
  return value.toFixed(value < 1000 ? 1 : 0);
}
