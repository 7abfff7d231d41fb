import { HeapProfileError } from './errors.js';
import type { HeapProfile, HeapSample } from './heap-profile.js';
import { mergeProfiles } from './merge-profiles.js';

/** What the percentages of a difference are of: the sum of all differences (`pprof -base`) or the base (`pprof -diff_base`). */
export type DifferenceTotal = 'differences' | 'base';

/**
 * What `profile` has more than `base`; functions that shrank have negative values. The same numbers as
 * `go tool pprof -base` or, with `relativeTo: 'base'`, `-diff_base`.
 * Throws HeapProfileError `incompatible-profiles` when the two do not count the same things.
 */
export function diffProfiles(
  base: HeapProfile,
  profile: HeapProfile,
  options: { readonly relativeTo?: DifferenceTotal } = {},
): HeapProfile {
  const baseColumns = describeColumns(base);
  const columns = describeColumns(profile);
  if (baseColumns !== columns) {
    throw new HeapProfileError('incompatible-profiles', `the base counts ${baseColumns}, the profile ${columns}`);
  }
  const keepApart = options.relativeTo === 'base';
  const negated = base.samples.map(
    (sample): HeapSample => ({
      ...sample,
      values: sample.values.map((value) => -value),
      ...(keepApart && { isBase: true }),
    }),
  );
  return { ...profile, ...mergeProfiles([profile, { ...base, samples: negated }]) };
}

function describeColumns(profile: HeapProfile): string {
  return profile.sampleTypes.map(({ type, unit }) => `${type}/${unit}`).join(', ');
}
