/**
 * A heap profile in the shape of pprof's profile.proto (github.com/google/pprof, proto/profile.proto), with ids resolved to
 * array indexes and samples of one stack and one set of labels added together.
 */

/** What one column of the samples counts: `inuse_space` in `bytes`, `alloc_objects` in `count`. */
export interface HeapSampleType {
  readonly type: string;
  readonly unit: string;
}

export interface HeapFunction {
  readonly name: string;
  readonly systemName: string;
  readonly fileName: string;
  readonly startLine: number;
}

/** A binary or library the code was loaded from. Sizes and offsets as /proc/pid/maps has them. */
export interface HeapMapping {
  readonly fileName: string;
  readonly buildId: string;
  readonly sizeBytes: bigint;
  readonly fileOffset: bigint;
}

export interface HeapFrame {
  /** Index into `HeapProfile.functions`. */
  readonly functionIndex: number;
  readonly line: number;
}

/** One address. It has several frames when calls were inlined there: the innermost first, the function that holds the address last. */
export interface HeapLocation {
  readonly frames: readonly HeapFrame[];
  /** Index into `HeapProfile.mappings`. */
  readonly mappingIndex?: number;
  /** The address relative to the start of the mapping, so that two runs of one binary agree. */
  readonly address: bigint;
  readonly isFolded: boolean;
}

export interface HeapLabel {
  readonly key: string;
  /** Go labels each sample with `bytes`, the size of the objects allocated there. */
  readonly value: string | number;
  readonly unit: string;
}

export interface HeapSample {
  /** Indexes into `HeapProfile.locations`, the allocating leaf first. */
  readonly locations: readonly number[];
  /** One value a sample type. A value beyond 2^53 is the nearest double. */
  readonly values: readonly number[];
  readonly labels: readonly HeapLabel[];
  /** Set on the (negated) samples of the base of a difference that is reported relative to the base. */
  readonly isBase?: true;
}

/**
 * A decoded heap profile.
 *
 * A Go profile is a sample: the runtime records one allocation in `periodBytes` (runtime.MemProfileRate, 512 KiB unless the
 * program changes it) and scales the counts up when it writes the profile. Many small objects spread over many call sites are
 * undercounted, and what was allocated since the last garbage collection is not in `inuse_*` at all.
 */
export interface HeapProfile {
  readonly sampleTypes: readonly HeapSampleType[];
  /** The type shown when none is asked for: the profile's own choice, else the last one, as pprof does. */
  readonly defaultSampleType: string;
  /** One allocation in this many bytes was recorded. */
  readonly periodBytes?: number;
  /** When the profile was taken, ISO 8601 in UTC. */
  readonly takenAt?: string;
  readonly functions: readonly HeapFunction[];
  readonly mappings: readonly HeapMapping[];
  readonly locations: readonly HeapLocation[];
  readonly samples: readonly HeapSample[];
}
