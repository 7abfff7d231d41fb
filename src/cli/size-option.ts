import { InvalidArgumentError } from 'commander';

/** Kubernetes quantities (apimachinery's resource.Quantity), `512Mi` or `1.5G`, and the same with a B, as oomkit prints sizes. */
const QUANTITY = /^(\d{1,18}(?:\.\d{1,9})?) ?(?:([KMGT]i|[kKMGT])B?|B)?$/;
const FACTORS: Readonly<Record<string, number>> = {
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  k: 1000,
  K: 1000,
  M: 1000 ** 2,
  G: 1000 ** 3,
  T: 1000 ** 4,
};

/** Reads a size given on the command line, in bytes. */
export function parseSize(value: string): number {
  const match = QUANTITY.exec(value);
  if (match === null) throw new InvalidArgumentError('A size is a number of bytes, or a quantity such as 512Mi.');
  return Math.round(Number(match[1]) * (FACTORS[match[2] ?? ''] ?? 1));
}
