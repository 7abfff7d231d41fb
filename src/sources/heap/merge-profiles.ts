import type { HeapFunction, HeapLocation, HeapMapping, HeapProfile, HeapSample } from './heap-profile.js';

/** The part of a profile that merging rewrites. */
export type ProfileTables = Pick<HeapProfile, 'functions' | 'mappings' | 'locations' | 'samples'>;

/** Sizes of mappings are compared after rounding up to this, as pprof does: two runs may differ by the last page. */
const MAPPING_SIZE_ROUNDING = 4096n;

/**
 * One set of tables holding the samples of all the profiles, with the values of equal samples added and samples that come to
 * nothing left out. Samples are equal when their addresses, functions, lines and labels are, wherever the binary was loaded.
 * The rules are those of pprof's profile.Merge (github.com/google/pprof, profile/merge.go, as in Go 1.19).
 */
export function mergeProfiles(profiles: readonly ProfileTables[]): ProfileTables {
  const functions = new InternTable<HeapFunction>();
  const mappings = new InternTable<HeapMapping>();
  const locations = new InternTable<HeapLocation>();
  const samples = new Map<string, { sample: HeapSample; values: number[] }>();

  for (const profile of profiles) {
    const functionIndexes = profile.functions.map((fn) => functions.add(functionKey(fn), fn));
    const mappingIndexes = profile.mappings.map((mapping) => mappings.add(mappingKey(mapping), mapping));
    const locationIndexes = profile.locations.map((location) => {
      const moved = moveLocation(location, functionIndexes, mappingIndexes);
      return locations.add(locationKey(moved), moved);
    });
    for (const sample of profile.samples) {
      const moved = { ...sample, locations: sample.locations.map((index) => locationIndexes[index] ?? index) };
      const key = sampleKey(moved);
      const known = samples.get(key);
      if (known) {
        for (const [column, value] of moved.values.entries()) known.values[column] = (known.values[column] ?? 0) + value;
      } else {
        samples.set(key, { sample: moved, values: [...moved.values] });
      }
    }
  }

  return {
    functions: functions.entries,
    mappings: mappings.entries,
    locations: locations.entries,
    samples: [...samples.values()].filter(({ values }) => !isZero(values)).map(({ sample, values }) => ({ ...sample, values })),
  };
}

/** Entries in order of arrival, each key once. */
class InternTable<T> {
  readonly entries: T[] = [];
  private readonly indexes = new Map<string, number>();

  add(key: string, entry: T): number {
    const known = this.indexes.get(key);
    if (known !== undefined) return known;
    const index = this.entries.push(entry) - 1;
    this.indexes.set(key, index);
    return index;
  }
}

function moveLocation(
  location: HeapLocation,
  functionIndexes: readonly number[],
  mappingIndexes: readonly number[],
): HeapLocation {
  const frames = location.frames.map(({ functionIndex, line }) => ({
    functionIndex: functionIndexes[functionIndex] ?? functionIndex,
    line,
  }));
  const { mappingIndex } = location;
  if (mappingIndex === undefined) return { ...location, frames };
  return { ...location, frames, mappingIndex: mappingIndexes[mappingIndex] ?? mappingIndex };
}

function functionKey(fn: HeapFunction): string {
  return JSON.stringify([fn.startLine, fn.name, fn.systemName, fn.fileName]);
}

function mappingKey(mapping: HeapMapping): string {
  const pages = (mapping.sizeBytes + MAPPING_SIZE_ROUNDING - 1n) / MAPPING_SIZE_ROUNDING;
  return `${pages} ${mapping.fileOffset} ${mapping.buildId || mapping.fileName}`;
}

function locationKey(location: HeapLocation): string {
  const frames = location.frames.map(({ functionIndex, line }) => `${functionIndex}:${line}`);
  return `${location.mappingIndex ?? '-'} ${location.address} ${location.isFolded} ${frames.join()}`;
}

function sampleKey(sample: HeapSample): string {
  // The values of one key stay in their order; between keys order means nothing.
  const labels = [...sample.labels].sort((a, b) => compareText(a.key, b.key)).map(({ key, value, unit }) => [key, value, unit]);
  return `${sample.locations.join()} ${sample.isBase ?? false} ${JSON.stringify(labels)}`;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isZero(values: readonly number[]): boolean {
  return values.every((value) => value === 0);
}
