import { InvalidArgumentError } from 'commander';

/** Reads a percentage given on the command line, `10%` or `10`, as a share; it may be from the least to the most allowed. */
export function parsePercentage(least: number, most: number): (value: string) => number {
  return (value) => {
    const percent = /^\d{1,3}(?:\.\d{1,3})?%?$/.test(value) ? Number(value.replace(/%$/, '')) : Number.NaN;
    if (!(percent >= least && percent <= most)) throw new InvalidArgumentError(`A percentage from ${least}% to ${most}%.`);
    return percent / 100;
  };
}
