import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  type ProfileInput,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { HeapProfileError } from '../../../src/sources/heap/errors.js';
import { decodeHeapProfile } from '../../../src/sources/heap/pprof-decode.js';
import { topFunctions } from '../../../src/sources/heap/top-functions.js';
import { fixture } from './fixtures.js';
import { expectHeapError } from './heap-error.js';

/** A profile of one sample, `values` at `leaf` called by `main`, changed by `changes`. */
function encode(values: (number | bigint)[], changes: ProfileInput = {}): Uint8Array {
  const strings = new StringTable();
  const profile: ProfileInput = {
    sampleType: [
      new ValueType({ type: strings.dedup('inuse_objects'), unit: strings.dedup('count') }),
      new ValueType({ type: strings.dedup('inuse_space'), unit: strings.dedup('bytes') }),
    ],
    sample: [new Sample({ locationId: [1, 2], value: values })],
    location: [
      new Location({ id: 1, address: 0x10, line: [new Line({ functionId: 1, line: 3 })] }),
      new Location({ id: 2, address: 0x20, line: [new Line({ functionId: 2, line: 9 })] }),
    ],
    function: [
      new PprofFunction({ id: 1, name: strings.dedup('leaf') }),
      new PprofFunction({ id: 2, name: strings.dedup('main') }),
    ],
    stringTable: strings,
  };
  return new Profile({ ...profile, ...changes }).encode();
}

describe('decodeHeapProfile', { timeout: 60_000 }, () => {
  it("reads a Go program's profile", async () => {
    const profile = await decodeHeapProfile(fixture('pprof/leaky-sampled-after.pb.gz'));
    expect(profile.sampleTypes).toEqual([
      { type: 'alloc_objects', unit: 'count' },
      { type: 'alloc_space', unit: 'bytes' },
      { type: 'inuse_objects', unit: 'count' },
      { type: 'inuse_space', unit: 'bytes' },
    ]);
    expect(profile.defaultSampleType).toBe('inuse_space');
    expect(profile.periodBytes).toBe(524_288);
    expect(profile.takenAt).toMatch(/^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(profile.functions).toContainEqual({
      name: 'main.growCache',
      systemName: 'main.growCache',
      fileName: 'example.com/leaky/main.go',
      startLine: 0,
    });
  });

  it('reads the same uncompressed', async () => {
    const compressed = fixture('pprof/prometheus-after.pb.gz');
    expect(await decodeHeapProfile(gunzipSync(compressed))).toEqual(await decodeHeapProfile(compressed));
  });

  it('adds up samples of one stack', async () => {
    const sample = new Sample({ locationId: [1, 2], value: [1, 100] });
    const profile = await decodeHeapProfile(encode([], { sample: [sample, sample, sample] }));
    expect(profile.samples).toEqual([{ locations: [0, 1], values: [3, 300], labels: [] }]);
  });

  it('reads negative values and values beyond 2^53', async () => {
    const huge = 2n ** 62n + 12_345n;
    const profile = await decodeHeapProfile(encode([-5, huge]));
    expect(profile.samples[0]?.values).toEqual([-5, Number(huge)]);
    const lowest = await decodeHeapProfile(encode([-(2n ** 63n), -(2n ** 40n)]));
    expect(lowest.samples[0]?.values).toEqual([-(2 ** 63), -(2 ** 40)]);
    expect(topFunctions(lowest).rows[0]).toMatchObject({ name: 'leaf', flat: -(2 ** 40) });
  });

  it('tells ids beyond 2^53 apart', async () => {
    const [first, second] = [2n ** 63n + 1n, 2n ** 63n + 2n];
    const profile = await decodeHeapProfile(
      encode([], {
        sample: [new Sample({ locationId: [second, first], value: [1, 10] })],
        location: [
          new Location({ id: first, line: [new Line({ functionId: 2 })] }),
          new Location({ id: second, line: [new Line({ functionId: 1 })] }),
        ],
      }),
    );
    expect(topFunctions(profile).rows.map(({ name }) => name)).toEqual(['leaf', 'main']);
  });

  it('finds a small id that is encoded in more bytes than it needs', async () => {
    const plain = Buffer.from(encode([1, 10]));
    // Sample { location_id: [1, 2] } is 0a 02 01 02; write the 2 as 82 80 80 80 00 and correct the two lengths.
    const at = plain.indexOf(Buffer.from([0x0a, 0x02, 0x01, 0x02]));
    const longer = Buffer.concat([
      plain.subarray(0, at),
      Buffer.from([0x0a, 0x06, 0x01, 0x82, 0x80, 0x80, 0x80, 0x00]),
      plain.subarray(at + 4),
    ]);
    longer[at - 1] = (longer[at - 1] ?? 0) + 4;
    expect(await decodeHeapProfile(longer)).toEqual(await decodeHeapProfile(plain));
  });

  it('takes the last sample type as the default when the profile has no choice, or one it lacks', async () => {
    expect((await decodeHeapProfile(encode([1, 10]))).defaultSampleType).toBe('inuse_space');
    expect((await decodeHeapProfile(encode([1, 10], { defaultSampleType: 5 }))).defaultSampleType).toBe('inuse_space');
    expect((await decodeHeapProfile(encode([1, 10], { defaultSampleType: 1 }))).defaultSampleType).toBe('inuse_objects');
  });

  it('refuses empty input, compressed too', async () => {
    await expectHeapError('empty', () => decodeHeapProfile(new Uint8Array()));
    await expectHeapError('empty', () => decodeHeapProfile(gzipSync('')));
  });

  it('refuses a profile of something else', async () => {
    const error = await expectHeapError('not-a-heap-profile', () => decodeHeapProfile(fixture('pprof/leaky-goroutine.pb.gz')));
    expect(error.message).toContain('goroutine/count');
  });

  it('refuses a truncated gzip stream', async () => {
    const whole = fixture('pprof/leaky-after.pb.gz');
    for (const length of [2, 10, 1000, whole.length - 1]) {
      await expectHeapError('truncated', () => decodeHeapProfile(whole.subarray(0, length)));
    }
  });

  it('never takes a cut profile for a smaller one', async () => {
    const whole = gunzipSync(fixture('pprof/leaky-sampled-after.pb.gz'));
    const expected = await decodeHeapProfile(whole);
    for (let length = 1; length < whole.length; length++) {
      const cut = await decodeHeapProfile(whole.subarray(0, length)).catch((error: unknown) => error);
      if (cut instanceof HeapProfileError) continue;
      expect(cut, `cut at ${length}`).toMatchObject({ functions: expected.functions, samples: expected.samples });
    }
  });

  it('answers any damage with a typed error or a profile', async () => {
    const whole = gunzipSync(fixture('pprof/leaky-sampled-before.pb.gz'));
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const damaged = Uint8Array.from(whole);
        for (const [at, value] of changes) damaged[at] = value;
        const result = await decodeHeapProfile(damaged).catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(HeapProfileError);
      }),
      { numRuns: 500 },
    );
  });

  it('stops unpacking at the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    await expectHeapError('too-large', () => decodeHeapProfile(bomb, { maxBytes: 1_000_000 }));
  });

  it.each<[string, Uint8Array]>([
    ['a number longer than ten bytes', Buffer.concat([Buffer.from([0x48]), Buffer.alloc(1_000_000, 0x80)])],
    ['text', Buffer.from('this is not a profile at all\n')],
    ['a field of the wrong kind', Buffer.from([0x10, 0x01])],
    ['a field beyond the last', Buffer.from([0x82, 0x01, 0x00])],
    ['a fixed64 field', Buffer.from([0x49, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['a field that overruns its message', Buffer.concat([Buffer.from([0x0a, 0x02, 0x08, 0x80]), encode([1, 10])])],
    ['too few values', encode([1])],
    ['too many values', encode([1, 2, 3])],
    ['a location that is not there', encode([], { sample: [new Sample({ locationId: [7], value: [1, 1] })] })],
    ['a function that is not there', encode([1, 1], { function: [] })],
    [
      'a mapping that is not there',
      encode([1, 1], { location: [new Location({ id: 1, mappingId: 4 }), new Location({ id: 2 })] }),
    ],
    ['a string that is not there', encode([1, 1], { defaultSampleType: 1000 })],
    ['an id of zero', encode([1, 1], { function: [new PprofFunction({ id: 0, name: 1 })] })],
    [
      'an id given twice',
      encode([1, 1], { location: [new Location({ id: 1 }), new Location({ id: 1 }), new Location({ id: 2 })] }),
    ],
  ])('refuses %s', async (_, bytes) => {
    await expectHeapError('malformed', () => decodeHeapProfile(bytes));
  });
});
