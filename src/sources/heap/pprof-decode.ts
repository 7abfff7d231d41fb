import { Profile } from 'pprof-format';
import { isGzip } from '../streams/gunzip.js';
import { collectBytes, gunzip, streamOf } from './byte-stream.js';
import { HeapProfileError } from './errors.js';
import type { HeapFrame, HeapFunction, HeapLabel, HeapLocation, HeapMapping, HeapProfile, HeapSample } from './heap-profile.js';
import { mergeProfiles } from './merge-profiles.js';
import { checkProfileStructure } from './pprof-wire.js';

/** Heap profiles are some hundred kilobytes; one that unpacks to more than this is damaged or hostile. */
const DEFAULT_MAX_PROFILE_BYTES = 256 * 1024 * 1024;

export interface DecodeOptions {
  /** Bound on the uncompressed profile. Default 256 MiB. */
  readonly maxBytes?: number;
}

type Numeric = number | bigint;

/**
 * Decodes a pprof heap profile, gzip compressed or plain: what Go's runtime/pprof and net/http/pprof, Node's heap profilers and
 * jemalloc and tcmalloc exporters write.
 *
 * Function names are as the profile has them; nothing is demangled. `drop_frames` and `keep_frames` are not applied: they are
 * regular expressions from the file, which could be made to run forever, and Go's runtime does not write them.
 *
 * Throws HeapProfileError: `empty`, `truncated`, `malformed`, `too-large`, or `not-a-heap-profile` for a profile that counts no
 * bytes (CPU, goroutine, mutex).
 */
export async function decodeHeapProfile(bytes: Uint8Array, options: DecodeOptions = {}): Promise<HeapProfile> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_PROFILE_BYTES;
  const plain = await collectBytes(isGzip(bytes) ? gunzip(streamOf(bytes)) : streamOf(bytes), maxBytes);
  if (plain.length === 0) throw new HeapProfileError('empty', 'the profile is empty');
  checkProfileStructure(plain);
  return resolve(Profile.decode(plain));
}

function resolve(decoded: Profile): HeapProfile {
  const text = (index: Numeric): string => {
    // An absent string table is legal in protobuf and then every index is the empty string.
    if (index === 0) return decoded.stringTable.strings[0] ?? '';
    const value = decoded.stringTable.strings[Number(index)];
    if (value === undefined) throw malformed(`string ${index} is missing`);
    return value;
  };

  const sampleTypes = decoded.sampleType.map(({ type, unit }) => ({ type: text(type), unit: text(unit) }));
  const lastType = sampleTypes.at(-1);
  if (!lastType || !sampleTypes.some(({ unit }) => isBytes(unit))) {
    const found = sampleTypes.map(({ type, unit }) => `${type}/${unit}`).join(', ') || 'none';
    throw new HeapProfileError('not-a-heap-profile', `no sample type of the profile counts bytes (sample types: ${found})`);
  }
  const chosen = text(decoded.defaultSampleType);

  const mappingIndexes = indexById(decoded.mapping, 'mapping');
  const functionIndexes = indexById(decoded.function, 'function');
  const locationIndexes = indexById(decoded.location, 'location');

  const mappings = decoded.mapping.map(
    (mapping): HeapMapping => ({
      fileName: text(mapping.filename),
      buildId: text(mapping.buildId),
      sizeBytes: BigInt(mapping.memoryLimit) - BigInt(mapping.memoryStart),
      fileOffset: BigInt(mapping.fileOffset),
    }),
  );
  const functions = decoded.function.map(
    (fn): HeapFunction => ({
      name: text(fn.name),
      systemName: text(fn.systemName),
      fileName: text(fn.filename),
      startLine: signed(fn.startLine),
    }),
  );
  const locations = decoded.location.map((location): HeapLocation => {
    const frames = location.line.map(
      (line): HeapFrame => ({
        functionIndex: lookUp(functionIndexes, line.functionId, 'function'),
        line: signed(line.line),
      }),
    );
    const address = BigInt(location.address);
    if (isZero(location.mappingId)) return { frames, address, isFolded: location.isFolded };
    const mappingIndex = lookUp(mappingIndexes, location.mappingId, 'mapping');
    const start = BigInt(decoded.mapping[mappingIndex]?.memoryStart ?? 0);
    return { frames, mappingIndex, address: address - start, isFolded: location.isFolded };
  });
  const samples = decoded.sample.map((sample): HeapSample => {
    if (sample.value.length !== sampleTypes.length) {
      throw malformed(`a sample has ${sample.value.length} values for ${sampleTypes.length} sample types`);
    }
    const labels = sample.label.map(
      (label): HeapLabel => ({
        key: text(label.key),
        value: isZero(label.str) ? signed(label.num) : text(label.str),
        unit: text(label.numUnit),
      }),
    );
    return {
      locations: sample.locationId.map((id) => lookUp(locationIndexes, id, 'location')),
      values: sample.value.map(signed),
      labels,
    };
  });

  const periodBytes = decoded.periodType && isBytes(text(decoded.periodType.unit)) ? signed(decoded.period) : 0;
  const takenAt = timestamp(decoded.timeNanos);
  return {
    sampleTypes,
    defaultSampleType: sampleTypes.some(({ type }) => type === chosen) ? chosen : lastType.type,
    ...(periodBytes > 0 && { periodBytes }),
    ...(takenAt !== undefined && { takenAt }),
    ...mergeProfiles([{ functions, mappings, locations, samples }]),
  };
}

/** int64 as protobuf sends it: negative numbers are two's complement in 64 bits. Beyond 2^53 the nearest double. */
function signed(value: Numeric): number {
  return typeof value === 'number' ? value : Number(BigInt.asIntN(64, value));
}

function isZero(value: Numeric): boolean {
  return value === 0 || value === 0n;
}

function isBytes(unit: string): boolean {
  return /^bytes?$/i.test(unit);
}

/** Ids are uint64, and a small one may be encoded in more bytes than it needs, which decodes to a bigint. */
function idKey(id: Numeric): Numeric {
  if (typeof id === 'number') return id;
  const unsigned = BigInt.asUintN(64, id);
  return unsigned <= Number.MAX_SAFE_INTEGER ? Number(unsigned) : unsigned;
}

/** Where each id is in its table. */
function indexById(entries: readonly { readonly id: Numeric }[], what: string): Map<Numeric, number> {
  const indexes = new Map<Numeric, number>();
  for (const [index, { id }] of entries.entries()) {
    const key = idKey(id);
    if (key === 0) throw malformed(`a ${what} has id 0`);
    if (indexes.has(key)) throw malformed(`two ${what}s have id ${key}`);
    indexes.set(key, index);
  }
  return indexes;
}

function lookUp(indexes: ReadonlyMap<Numeric, number>, id: Numeric, what: string): number {
  const index = indexes.get(idKey(id));
  if (index === undefined) throw malformed(`${what} ${id} is missing`);
  return index;
}

function timestamp(nanoseconds: Numeric): string | undefined {
  const milliseconds = Number(BigInt.asIntN(64, BigInt(nanoseconds)) / 1_000_000n);
  return milliseconds > 0 ? new Date(milliseconds).toISOString() : undefined;
}

function malformed(what: string): HeapProfileError {
  return new HeapProfileError('malformed', `not a valid pprof profile: ${what}`);
}
