import { type Advice, bytes, type Citation, message, ratio } from '../../model/index.js';
import { type CaseFile, confidenceAt } from '../case-file.js';
import { flagCitations, weighAnon } from '../cluster/memory.js';
import { crowdOf } from '../crowd.js';
import type { CauseRule, Finding } from '../rule.js';
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
/** Resident memory of the table stands in for anon: it may hold mapped files and shared memory as well. */
const DERIVED = [
  [0.3, 0.15],
  [0.5, 0.45],
  [0.7, 0.7],
  [0.9, 0.85],
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
  const confidence = confidenceAt(share, file.hasStatistics ? MEASURED : DERIVED) * crowd * limitless;
  if (confidence === 0) return undefined;
  const because: Citation[] = [
    file.citeFrom(
      message(file.hasStatistics ? 'evidence.anon-share' : 'evidence.rss-share', {
        anon: bytes(anon.bytes),
        share: ratio(share),
        charged: bytes(file.chargedBytes),
      }),
      anon,
    ),
  ];
  const flags = flagCitations(file);
  because.push(...flags.because);
  const largest = file.workTasks[0];
  const held =
    largest === undefined || anon.bytes === 0 ? 0 : Math.min(1, (largest.rssAnonBytes ?? largest.rssBytes) / anon.bytes);
  if (largest !== undefined && held > 0) {
    because.push(
      file.cite(
        message('evidence.largest-task', {
          comm: largest.comm,
          pid: String(largest.pid),
          rss: bytes(largest.rssBytes),
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

/** Only the kill line survived: the victim's own figures hint, but neither the charge nor the limit is known. */
function weighVictimAlone(file: CaseFile): Finding | undefined {
  const victim = file.victim;
  if (victim?.anonRssBytes === undefined) return undefined;
  const others = (victim.fileRssBytes ?? 0) + (victim.shmemRssBytes ?? 0) + (victim.pageTablesBytes ?? 0);
  if (victim.anonRssBytes < 32 * 2 ** 20 || victim.anonRssBytes < others * 2) return undefined;
  return {
    confidence: victim.anonRssBytes >= 256 * 2 ** 20 ? 0.62 : 0.52,
    title: message('cause.anon-memory.title-task', { comm: victim.comm }),
    because: [
      file.cite(
        message('evidence.victim-anon', { comm: victim.comm, pid: String(victim.pid), anon: bytes(victim.anonRssBytes) }),
        victim.line,
      ),
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
