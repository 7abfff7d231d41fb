import { type Advice, bytes, type Citation, MIB, message, ratio } from '../../model/index.js';
import { type CaseFile, confidenceAt } from '../case-file.js';
import { flagCitations, weighAnon } from '../cluster/memory.js';
import { crowdOf } from '../crowd.js';
import type { CauseRule, Finding } from '../rule.js';
import { shareByScore } from '../score.js';
import { sizingAdvice } from '../sizing/sizing.js';

/**
 * Processes' own memory (heap, stacks, anonymous mappings) filled the cgroup. Anon cannot be reclaimed without swap, so a
 * charge that is mostly anon is the plain case: the program needs more than it may have, or it leaks. One report cannot
 * tell a leak from a spike; the finding says who holds it and that growth was not seen.
 */
export const anonMemory: CauseRule = {
  id: 'anon-memory',
  weigh: (file) => {
    if (file.isClusterOnly) return weighAnon(file);
    if (!file.isMemcg) return undefined;
    return file.accounting === undefined ? weighVictimAlone(file) : weighAccounting(file);
  },
};

const MEASURED = [
  [0.2, 0.15],
  [0.35, 0.5],
  [0.45, 0.72],
  [0.6, 0.85],
  [0.8, 0.93],
  [0.9, 0.96],
] as const;
/** Resident memory of the table stands in for anon: it may hold mapped files and shared memory as well, so this is never sure. */
const DERIVED = [
  [0.3, 0.15],
  [0.5, 0.45],
  [0.7, 0.68],
  [0.9, 0.78],
] as const;
/** anon-rss of one process, by its kill line or a table of 6.8 and later: a lower bound, but for pages charged elsewhere. */
const OF_ONE_PROCESS = [
  [0.3, 0.4],
  [0.5, 0.72],
  [0.7, 0.85],
  [0.9, 0.92],
] as const;

/** A task that holds this much of anon holds most of it. */
const MOST = 0.5;

function weighAccounting(file: CaseFile): Finding | undefined {
  const anon = file.line('anon');
  if (anon === undefined || anon.how === 'absent') return undefined;
  const share = file.share('anon');
  // In a crowd it is the number of processes that fills the limit; without any limit nothing was filled.
  const crowd = 1 - 0.4 * (crowdOf(file)?.degree ?? 0);
  const limitless = file.limitless ? 0.55 : 1;
  const certainty = file.anonIsCounted
    ? confidenceAt(share, MEASURED)
    : Math.max(confidenceAt(share, DERIVED), confidenceAt(file.shareOf(anonOfOne(file)), OF_ONE_PROCESS));
  const confidence = certainty * crowd * limitless;
  if (confidence === 0) return undefined;
  const because: Citation[] = [
    file.citeFrom(
      message(
        file.anonIsCounted
          ? 'evidence.anon-share'
          : anon.note?.key === 'accounting.anon-from-kills'
            ? 'evidence.killed-anon-share'
            : 'evidence.rss-share',
        { anon: bytes(anon.bytes), share: ratio(share), charged: bytes(file.chargedBytes) },
      ),
      anon,
    ),
  ];
  const flags = flagCitations(file);
  because.push(...flags.because);
  const largest = file.holder;
  const held = largest === undefined || anon.bytes === 0 ? 0 : Math.min(1, largest.anonBytes / anon.bytes);
  if (largest !== undefined && held > 0) {
    because.push(
      file.cite(
        message('evidence.largest-task', {
          comm: largest.comm,
          pid: String(largest.pid),
          rss: bytes(largest.residentBytes),
          share: ratio(held),
        }),
        largest.line,
      ),
    );
  }
  const thp = file.part('anon', 'thp');
  if (thp !== undefined && thp.bytes > anon.bytes / 2)
    because.push(
      file.citeFrom(message('evidence.anon-thp', { thp: bytes(thp.bytes), share: ratio(thp.bytes / anon.bytes) }), thp),
    );
  return {
    confidence,
    title:
      largest === undefined || held < MOST
        ? message('cause.anon-memory.title')
        : message('cause.anon-memory.title-task', { comm: largest.comm }),
    because,
    against: [
      file.cite(message('against.growth-not-seen')),
      ...flags.against,
      ...(file.limitless ? [file.cite(message('against.no-limit'), file.report.counters.memory?.line)] : []),
    ],
    advice: [...advice(largest?.comm ?? file.victim?.comm), ...sizingAdvice(file)],
  };
}

/** The most anon that one process is known to have held. */
function anonOfOne(file: CaseFile): number {
  const known = [...file.tasks.map((row) => row.rssAnonBytes), ...file.report.killed.map((kill) => kill.anonRssBytes)];
  return known.reduce<number>((most, size) => Math.max(most, size ?? 0), 0);
}

/** By its score, a process with less of the limit is not what filled it, and one with more is. */
const LITTLE = 0.3;
const HOLDS_IT = 0.7;

/** Only the kill line survived: the victim's own figures hint, but neither the charge nor the limit is known. */
function weighVictimAlone(file: CaseFile): Finding | undefined {
  const victim = file.victim;
  if (victim?.anonRssBytes === undefined) return undefined;
  const others = (victim.fileRssBytes ?? 0) + (victim.shmemRssBytes ?? 0) + (victim.pageTablesBytes ?? 0);
  if (victim.anonRssBytes < 32 * MIB || victim.anonRssBytes < others * 2) return undefined;
  const scored = shareByScore(file);
  if (scored !== undefined && scored.share < LITTLE) return undefined;
  const isMost = scored !== undefined && scored.share >= HOLDS_IT;
  return {
    confidence: isMost ? 0.72 : victim.anonRssBytes >= 256 * MIB ? 0.62 : 0.56,
    title: message('cause.anon-memory.title-task', { comm: victim.comm }),
    because: [
      file.cite(
        message('evidence.victim-anon', { comm: victim.comm, pid: String(victim.pid), anon: bytes(victim.anonRssBytes) }),
        victim.line,
      ),
      ...(isMost ? [scored.citation] : []),
    ],
    against: [file.cite(message('against.charge-unknown'))],
    advice: advice(victim.comm),
  };
}

/** What limits a runtime's heap. comm is what the kernel shows, so only names that are the runtime's own are matched. */
const RUNTIMES: readonly { readonly comm: RegExp; readonly key: string; readonly snippet: string }[] = [
  {
    comm: /^java$/,
    key: 'advice.heap-java',
    snippet: 'env:\n- name: JAVA_TOOL_OPTIONS\n  value: "-XX:MaxRAMPercentage=70 -XX:NativeMemoryTracking=summary"',
  },
  {
    comm: /^(?:node|npm)$/,
    key: 'advice.heap-node',
    snippet: 'env:\n- name: NODE_OPTIONS\n  value: "--max-old-space-size=<70 % of the limit in MiB>"',
  },
  { comm: /^dotnet$/, key: 'advice.heap-dotnet', snippet: 'env:\n- name: DOTNET_GCHeapHardLimitPercent\n  value: "0x46"' },
];

function advice(comm: string | undefined): Advice[] {
  const runtime = RUNTIMES.find((candidate) => candidate.comm.test(comm ?? ''));
  const profile: Advice = {
    action: message('advice.profile-heap', { comm: comm ?? '' }),
    verify: message('advice.profile-heap.verify'),
  };
  if (runtime === undefined) return [profile];
  return [
    {
      action: message(runtime.key),
      snippet: { language: 'yaml', text: runtime.snippet },
      cost: message('advice.heap-limit.cost'),
      verify: message('advice.heap-limit.verify'),
    },
    profile,
  ];
}
