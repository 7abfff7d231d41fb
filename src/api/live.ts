import type { Unreclaimable } from '../accounting/index.js';
import type {
  CgroupMemory,
  ContainerIdentity,
  EffectiveLimit,
  MemoryUsage,
  ProcessMemory,
  WritableFile,
} from '../model/index.js';
import { type Inspection, roomOf, verdict } from '../render/view/inspection.js';
import type { TopRow } from '../render/view/top.js';
import {
  type AccountingItem,
  accountingItem,
  apiVersion,
  type CauseItem,
  causeItem,
  type JsonStyle,
  type Statement,
  statement,
} from './index.js';

/** A live cgroup in the form of the JSON API. */
export interface InspectionItem {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'Inspection';
  readonly target: {
    readonly query: string;
    readonly observedAt: string;
    readonly path: string;
    readonly version: 1 | 2;
    readonly identity: ContainerIdentity;
    readonly effectiveLimit?: EffectiveLimit;
  };
  readonly verdict: Statement;
  readonly usage: MemoryUsage;
  readonly workingSetBytes?: number;
  /** The effective limit less what cannot be reclaimed now; negative when that is more. Left out without a limit. */
  readonly headroomBytes?: number;
  readonly unreclaimable: Unreclaimable;
  readonly events: CgroupMemory['events'];
  readonly pressure?: CgroupMemory['pressure'];
  readonly stat: CgroupMemory['stat'];
  readonly accounting?: AccountingItem;
  readonly processes: readonly ProcessMemory[];
  readonly writableFiles: readonly WritableFile[];
  /** What a kill now would be blamed on. */
  readonly causes: readonly CauseItem[];
}

export function toInspection(inspection: Inspection, style: JsonStyle): InspectionItem {
  const { query, observedAt, identity, memory, accounting, processes, writableFiles, causes } = inspection;
  const { path, version, usage, workingSetBytes, effectiveLimit, events, pressure, stat } = memory;
  const { unreclaimable, headroomBytes } = roomOf(inspection);
  return {
    apiVersion,
    kind: 'Inspection',
    target: { query, observedAt, path, version, identity, ...(effectiveLimit === undefined ? {} : { effectiveLimit }) },
    verdict: statement(verdict(inspection), style),
    usage,
    ...(workingSetBytes === undefined ? {} : { workingSetBytes }),
    ...(headroomBytes === undefined ? {} : { headroomBytes }),
    unreclaimable,
    events,
    ...(pressure === undefined ? {} : { pressure }),
    stat,
    ...(accounting === undefined ? {} : { accounting: accountingItem(accounting, style) }),
    processes,
    writableFiles,
    causes: causes.map((cause) => causeItem(cause, style)),
  };
}

/** The cgroups of a node at one moment. */
export interface CgroupMemoryList {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'CgroupMemoryList';
  readonly observedAt: string;
  readonly items: readonly {
    readonly path: string;
    readonly version: 1 | 2;
    readonly identity: ContainerIdentity;
    readonly effectiveLimit?: EffectiveLimit;
    readonly usage: MemoryUsage;
    readonly workingSetBytes?: number;
    readonly events: CgroupMemory['events'];
    readonly pressure?: CgroupMemory['pressure'];
  }[];
}

export function toCgroupMemoryList(rows: readonly TopRow[], observedAt: string): CgroupMemoryList {
  return {
    apiVersion,
    kind: 'CgroupMemoryList',
    observedAt,
    items: rows.map(({ identity, memory }) => {
      const { path, version, usage, workingSetBytes, effectiveLimit, events, pressure } = memory;
      return {
        path,
        version,
        identity,
        ...(effectiveLimit === undefined ? {} : { effectiveLimit }),
        usage,
        ...(workingSetBytes === undefined ? {} : { workingSetBytes }),
        events,
        ...(pressure === undefined ? {} : { pressure }),
      };
    }),
  };
}
