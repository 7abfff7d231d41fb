import { MIB, type PredictionBeside, type PredictionHost, type Recording, type SampleSeries } from '../../model/index.js';
import { predict } from './predict.js';

/** Less growth than this is no writer whose rate could be told. */
const LEAST_GROWTH = 4 * MIB;
/** A writer has begun when this much waits. */
const BEGUN = MIB;
/** The disk's rate needs at least this long. */
const LEAST_DISK_SECONDS = 0.2;

interface Moment {
  readonly at: number;
  readonly charged: number;
  readonly file: number;
  readonly writeback: number;
  /** Dirty and under writeback. */
  readonly unwritten: number;
  readonly hits: number;
}

/**
 * The prediction from a recording's own rates, beside what it shows. The writer's rate is taken from the beginning, until half
 * of the room is full at the latest: what follows is predicted, not repeated. `writtenBytes` is what the processes wrote in all
 * (/proc/PID/io); without it the disk's rate comes from the pages that became clean below the limit. Undefined where there was
 * no limit, the cgroup tells no dirty pages, or too little was written.
 */
export function besideMeasured(recording: Recording, host: PredictionHost, writtenBytes?: number): PredictionBeside | undefined {
  const { limitBytes, cgroupVersion, kernelRelease } = recording;
  const moments = momentsOf(recording.series);
  const begin = upTo(moments, ({ unwritten }) => unwritten >= BEGUN).at(-1);
  if (limitBytes === undefined || begin === undefined) return undefined;
  const rest = moments.filter(({ at }) => at > begin.at);
  const growth = firstGrowth(begin, rest, (limitBytes - otherOf(begin)) / 2);
  if (growth === undefined) return undefined;
  const { rate: write, last: half } = growth;
  const otherBytes = otherAtLimit(begin, half, limitBytes);
  if (otherBytes >= limitBytes) return undefined;
  const disk = diskRate(rest, writtenBytes);
  const met = rest.find(({ hits }) => hits > begin.hits);
  return {
    prediction: predict({
      ...host,
      ...(kernelRelease === undefined ? {} : { kernelRelease }),
      writeBytesPerSecond: write,
      diskBytesPerSecond: disk ?? 0,
      limitBytes,
      otherBytes,
      cgroupVersion,
      cgroupWriteback: cgroupVersion === 2,
    }),
    measured: {
      writeBytesPerSecond: write,
      ...(disk === undefined ? {} : { diskBytesPerSecond: disk }),
      ...(met === undefined ? {} : { chargeAtLimitSeconds: met.at - begin.at }),
      unwrittenBytes: moments.reduce((most, { unwritten }) => Math.max(most, unwritten), 0),
    },
  };
}

/** How fast a part of the memory grew, and until when that was looked at. */
interface Growth {
  readonly rate: number;
  readonly last: Moment;
}

/** Growth of what waits until writeback begins, which reading adds nothing to; where it begins too soon, of the page cache. */
function firstGrowth(begin: Moment, rest: readonly Moment[], mostBytes: number): Growth | undefined {
  const growthOf = (part: 'unwritten' | 'file', among: readonly Moment[]): Growth | undefined => {
    const last = upTo(among, (moment) => moment[part] - begin[part] > mostBytes, 1).at(-1);
    if (last === undefined || last[part] - begin[part] < LEAST_GROWTH) return undefined;
    return { rate: (last[part] - begin[part]) / (last.at - begin.at), last };
  };
  const untouched = upTo(rest, ({ writeback }) => writeback > 0);
  return growthOf('unwritten', untouched) ?? growthOf('file', rest);
}

/** What is charged and no page of a file. */
function otherOf({ charged, file }: Moment): number {
  return Math.max(0, charged - file);
}

/**
 * What will be no page of a file when the limit is met, if it goes on growing with the page cache as it did from `begin` to `half`:
 * the kernel charges the cgroup for what it keeps of each cached page, 11 % more with the 1 KiB blocks of a small ext2 (buffer heads).
 */
function otherAtLimit(begin: Moment, half: Moment, limitBytes: number): number {
  const perFileByte = Math.max(0, (otherOf(half) - otherOf(begin)) / Math.max(1, half.file - begin.file));
  const room = limitBytes - otherOf(begin) - begin.file;
  return Math.round(limitBytes - begin.file - room / (1 + perFileByte));
}

/** What reached the disk, from the first writeback on. Up to then nothing had, so all that is not waiting at the end did since. */
function diskRate(rest: readonly Moment[], writtenBytes: number | undefined): number | undefined {
  const busy = rest.slice(upTo(rest, ({ writeback }) => writeback > 0).length);
  const [first] = busy;
  const last = (writtenBytes === undefined ? upTo(busy, ({ hits }) => hits > (first?.hits ?? 0)) : busy).at(-1);
  if (first === undefined || last === undefined || last.at - first.at < LEAST_DISK_SECONDS) return undefined;
  const clean = ({ file, unwritten }: Moment): number => file - unwritten;
  const reached = writtenBytes === undefined ? clean(last) - clean(first) : writtenBytes - last.unwritten;
  return Math.max(0, reached) / (last.at - first.at);
}

/** The moments before the first of which something holds, and `more` after; all where it never holds. */
function upTo(moments: readonly Moment[], holds: (moment: Moment) => boolean, more = 0): readonly Moment[] {
  const index = moments.findIndex(holds);
  return index === -1 ? moments : moments.slice(0, index + more);
}

/** The moments that tell all that is needed. */
function momentsOf({ atSeconds, chargedBytes, fileBytes, dirtyBytes, writebackBytes, limitHits }: SampleSeries): Moment[] {
  return atSeconds.flatMap((at, index) => {
    const [charged, file] = [chargedBytes[index] ?? undefined, fileBytes[index] ?? undefined];
    const [dirty, writeback] = [dirtyBytes[index] ?? undefined, writebackBytes[index] ?? undefined];
    if (charged === undefined || file === undefined || dirty === undefined || writeback === undefined) return [];
    return [{ at, charged, file, writeback, unwritten: dirty + writeback, hits: limitHits[index] ?? 0 }];
  });
}
