import { swapRoom, type Unreclaimable, unreclaimable } from '../../accounting/index.js';
import {
  type Accounting,
  bytes,
  type Cause,
  type CgroupMemory,
  type ContainerIdentity,
  type KilledProcess,
  type Message,
  nested,
  type OomReport,
  type ProcessMemory,
  ratio,
  type WritableFile,
} from '../../model/index.js';
import { enumeration } from './facts.js';
import { say } from './words.js';

/** At this part of its limit the next charge may fail: it is made for 64 pages or a huge page at once. */
const AT_LIMIT = 0.97;
/** Reclaim that makes room for less than this part of the limit does not last. */
const LITTLE_ROOM = 0.05;

/** A live cgroup, accounted for and diagnosed as if it were killed now. */
export interface Inspection {
  /** What the user asked for. */
  readonly query: string;
  readonly observedAt: string;
  readonly identity: ContainerIdentity;
  readonly memory: CgroupMemory;
  /** The cgroup whose limit would be hit: `memory` itself when that is its own. */
  readonly limited: CgroupMemory;
  readonly limitedIdentity: ContainerIdentity;
  readonly limitedProcesses: readonly ProcessMemory[];
  readonly freeSwapBytes: number;
  /** The largest first. */
  readonly processes: readonly ProcessMemory[];
  readonly writableFiles: readonly WritableFile[];
  readonly report: OomReport;
  readonly accounting?: Accounting;
  readonly causes: readonly Cause[];
  /** Whom the kernel would choose. */
  readonly victim?: KilledProcess;
}

/** What reclaim can do for the cgroup at whose limit it would end. */
export interface Room {
  readonly unreclaimable: Unreclaimable;
  readonly limitBytes?: number;
  /** The limit's part in use. */
  readonly share?: number;
  /** The limit less what cannot be reclaimed now, negative when even that is not enough. */
  readonly headroomBytes?: number;
}

export function roomOf({ limited, limitedProcesses, memory, freeSwapBytes }: Inspection): Room {
  // The kubelet forbids containers to swap and not their pod: a pod's room is no use to them.
  const pinned = unreclaimable(limited, swapRoom(memory, freeSwapBytes), limitedProcesses);
  const limitBytes = memory.effectiveLimit?.bytes;
  if (limitBytes === undefined) return { unreclaimable: pinned };
  return {
    unreclaimable: pinned,
    limitBytes,
    share: limitBytes === 0 ? 1 : limited.counters.memory.usageBytes / limitBytes,
    headroomBytes: limitBytes - pinned.bytes,
  };
}

/** Whether something would be killed now, in one sentence. */
export function verdict(inspection: Inspection): Message {
  const { share, limitBytes, headroomBytes } = roomOf(inspection);
  if (share === undefined || limitBytes === undefined || headroomBytes === undefined) return say('inspect.verdict.no-limit');
  if (share < AT_LIMIT) return say('inspect.verdict.below', { share: ratio(share) });
  const used = inspection.limited.counters.memory.usageBytes;
  const reclaimable = Math.max(0, headroomBytes - Math.max(0, limitBytes - used));
  if (headroomBytes > limitBytes * LITTLE_ROOM) {
    return say('inspect.verdict.reclaimable', { share: ratio(share), reclaimable: bytes(reclaimable) });
  }
  return headroomBytes <= 0
    ? say('inspect.verdict.at-limit-below-zero', { share: ratio(share) })
    : say('inspect.verdict.at-limit', { share: ratio(share), headroom: bytes(headroomBytes) });
}

/** Whom the kernel would choose; nothing when it would kill nobody. */
export function choice({ victim }: Inspection): Message[] {
  return victim === undefined ? [] : [say('inspect.would-kill', { comm: victim.comm, pid: String(victim.pid) })];
}

/** The cgroup by the most telling name its path has. */
export function targetName({ containerId, podUid, level }: ContainerIdentity, path: string): Message {
  if (level === 'container' && containerId !== undefined) {
    const id = containerId.slice(0, 12);
    return podUid === undefined
      ? say('inspect.target.container-alone', { id })
      : say('inspect.target.container', { id, pod: podUid });
  }
  return level === 'pod' && podUid !== undefined
    ? say('inspect.target.pod', { pod: podUid })
    : say('inspect.target.cgroup', { path });
}

/** One fact of the live cgroup: the end of its label's key, and its values. */
export interface LiveFact {
  readonly label: `inspect.fact.${'cgroup' | 'limit' | 'headroom' | 'working-set' | 'dirty' | 'pressure' | 'events' | 'peak' | 'swap'}`;
  readonly values: readonly Message[];
}

/** The facts beside the accounting, in reading order. A long path that its ids already name is for the wide form. */
export function liveFacts(inspection: Inspection, wide: boolean): LiveFact[] {
  const { memory, identity } = inspection;
  const named = identity.level === 'container' || identity.level === 'pod';
  const { file, peakBytes, swapBytes } = memory.usage;
  const size = (value: number): Message => say('value', { value: bytes(value) });
  const facts: LiveFact[] = [
    {
      label: 'inspect.fact.cgroup',
      values: named && !wide ? [] : [say('inspect.cgroup', { path: memory.path, version: String(memory.version) })],
    },
    { label: 'inspect.fact.limit', values: [limitValue(inspection)] },
    { label: 'inspect.fact.headroom', values: headroomValues(inspection) },
    {
      label: 'inspect.fact.working-set',
      values: memory.workingSetBytes === undefined ? [] : [say('inspect.working-set', { size: bytes(memory.workingSetBytes) })],
    },
    {
      label: 'inspect.fact.dirty',
      values:
        file?.dirtyBytes === undefined || file.writebackBytes === undefined
          ? []
          : [say('inspect.dirty', { dirty: bytes(file.dirtyBytes), writeback: bytes(file.writebackBytes) })],
    },
    { label: 'inspect.fact.swap', values: swapBytes === undefined || swapBytes === 0 ? [] : [size(swapBytes)] },
    { label: 'inspect.fact.pressure', values: pressureValues(memory) },
    { label: 'inspect.fact.peak', values: peakBytes === undefined ? [] : [size(peakBytes)] },
    { label: 'inspect.fact.events', values: eventValues(memory) },
  ];
  return facts.filter(({ values }) => values.length > 0);
}

function limitValue({ memory, limited, limitedIdentity }: Inspection): Message {
  const limit = memory.effectiveLimit;
  if (limit === undefined) return say('inspect.limit.none');
  if (limit.path === undefined) return say('inspect.limit.unseen', { limit: bytes(limit.bytes) });
  if (limit.path === memory.path) return say('inspect.limit.own', { limit: bytes(limit.bytes) });
  return say('inspect.limit.of', {
    limit: bytes(limit.bytes),
    owner: nested(targetName(limitedIdentity, limited.path)),
    usage: bytes(limited.counters.memory.usageBytes),
  });
}

function headroomValues(inspection: Inspection): Message[] {
  const { unreclaimable: pinned, headroomBytes } = roomOf(inspection);
  if (headroomBytes === undefined) return [];
  const own = inspection.limited.path === inspection.memory.path;
  const parts = [
    ['inspect.unreclaimable.anon', pinned.anonBytes],
    ['inspect.unreclaimable.shmem', pinned.shmemBytes],
    ['inspect.unreclaimable.kernel', pinned.kernelBytes],
    ['inspect.unreclaimable.dirty', pinned.dirtyBytes],
    ['inspect.unreclaimable.locked', pinned.lockedFileBytes],
  ] as const;
  const shown = parts.filter(([, part]) => part > 0).map(([key, part]) => say(key, { size: bytes(part) }));
  const sentence = say(own ? 'inspect.headroom' : 'inspect.headroom.of-owner', {
    headroom: bytes(headroomBytes),
    unreclaimable: bytes(pinned.bytes),
  });
  return [
    shown.length === 0 ? sentence : say('label.with-value', { label: nested(sentence), value: nested(enumeration(shown)) }),
  ];
}

function pressureValues({ pressure }: CgroupMemory): Message[] {
  if (pressure === undefined) return [];
  const { some, full } = pressure;
  return [
    say('inspect.pressure', {
      some10: ratio(some.avg10),
      some60: ratio(some.avg60),
      full10: ratio(full?.avg10 ?? 0),
      full60: ratio(full?.avg60 ?? 0),
    }),
  ];
}

function eventValues({ counters, events }: CgroupMemory): Message[] {
  const { hits } = counters.memory;
  return [
    ...(hits === undefined ? [] : [say('inspect.events.hits', { count: hits })]),
    ...(events.oom_kill === undefined ? [] : [say('inspect.events.oom-kills', { count: events.oom_kill })]),
    ...(events.under_oom === 1 ? [say('inspect.events.under-oom')] : []),
  ];
}

/** Smaller differences are the rounding of per-CPU counters. */
const WORTH_EXPLAINING = 0.03;

/** The processes' anon memory held against the cgroup's, and what their difference is. */
export function againstAnon({ processes, memory }: Inspection): Message[] {
  const charged = memory.usage.anonBytes;
  if (charged === undefined || processes.length === 0 || processes.some(({ rssAnonBytes }) => rssAnonBytes === undefined))
    return [];
  const resident = processes.reduce((sum, { rssAnonBytes }) => sum + (rssAnonBytes ?? 0), 0);
  const difference = Math.abs(charged - resident);
  if (difference < memory.counters.memory.usageBytes * WORTH_EXPLAINING) return [];
  return [
    say('inspect.processes.against-anon', {
      resident: bytes(resident),
      charged: bytes(charged),
      difference: bytes(difference),
      direction: nested(say(resident > charged ? 'inspect.processes.more-than' : 'inspect.processes.less')),
    }),
  ];
}
