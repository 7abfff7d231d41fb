import { type AccountingPart, type Advice, bytes, type Citation, message, ratio } from '../../model/index.js';
import { type CaseFile, confidenceAt } from '../case-file.js';
import { crowdOf } from '../crowd.js';
import type { CauseRule, Finding } from '../rule.js';

/**
 * Memory the kernel allocated for the cgroup: page tables, thread stacks, slab (dentries, inodes, buffers), sockets, pipes,
 * per-CPU data. No process shows it as RSS and no heap profile knows of it.
 */
export const kernelMemory: CauseRule = {
  id: 'kernel-memory',
  weigh: (file) => {
    if (!file.isMemcg) return undefined;
    if (file.accounting === undefined) return weighPageTablesAlone(file);
    return weighMeasured(file) ?? weighUnprinted(file);
  },
};

const MEASURED = [
  [0.1, 0.12],
  [0.2, 0.4],
  [0.35, 0.74],
  [0.5, 0.9],
  [0.8, 0.96],
] as const;

/** Less sure are a part that the kernel gives back before it kills, and one that holds other memory: what was swapped out. */
const SURENESS_OF: Readonly<Record<string, number>> = { 'slab-reclaimable': 0.85, zswap: 0.8 };

function weighMeasured(file: CaseFile): Finding | undefined {
  const kernel = file.line('kernel');
  const share = file.share('kernel');
  // What very many processes cost the kernel is explained by their number.
  const crowd = crowdOf(file);
  const confidence = confidenceAt(share, MEASURED) * (crowd?.ownsKernelMemory === true ? 1 - 0.5 * crowd.degree : 1);
  if (kernel === undefined || kernel.how === 'absent' || confidence === 0) return undefined;
  const largest = largestPart(kernel.parts);
  const explained = largest !== undefined && largest.bytes >= kernel.bytes * 0.4;
  const because: Citation[] = [
    file.citeFrom(
      message('evidence.kernel-share', { kernel: bytes(kernel.bytes), share: ratio(share), charged: bytes(file.chargedBytes) }),
      kernel,
    ),
  ];
  if (explained)
    because.push(file.citeFrom(message(`evidence.kernel-part.${largest.id}`, { size: bytes(largest.bytes) }), largest));
  else
    because.push(
      file.citeFrom(
        message(file.statistics?.isWhole === false ? 'evidence.kernel-parts-lost' : 'evidence.kernel-part.unknown', {
          known: bytes(kernel.parts.reduce((sum, part) => sum + part.bytes, 0)),
        }),
        kernel,
      ),
    );
  const against: Citation[] = [];
  if (file.accounting?.limitBytes !== undefined && largest?.id === 'slab-reclaimable' && explained)
    against.push(file.cite(message('against.slab-reclaimable')));
  return {
    confidence: explained ? confidence * (SURENESS_OF[largest.id] ?? 1) : confidence,
    title: message(explained ? `cause.kernel-memory.title.${largest.id}` : 'cause.kernel-memory.title'),
    because,
    against,
    advice: advice(explained ? largest.id : undefined),
  };
}

function largestPart(parts: readonly AccountingPart[]): AccountingPart | undefined {
  return [...parts].sort((a, b) => b.bytes - a.bytes)[0];
}

/**
 * cgroup v2 before 5.18 has no total of kernel memory, and prints neither pipe buffers nor vmalloc. Where no line of the statistics
 * was lost, what stays unexplained can only be memory of these kinds. It is never sure: an elimination is as good as its list.
 */
function weighUnprinted(file: CaseFile): Finding | undefined {
  const unexplained = file.line('unexplained');
  if (
    file.statistics?.isWhole !== true ||
    file.statistics.get('kernel') !== undefined ||
    file.report.cgroupVersion !== 2 ||
    unexplained === undefined
  )
    return undefined;
  const share = file.share('unexplained');
  const confidence = confidenceAt(share, [
    [0.25, 0.3],
    [0.5, 0.65],
    [0.8, 0.78],
  ]);
  if (confidence === 0) return undefined;
  return {
    confidence,
    title: message('cause.kernel-memory.title'),
    because: [
      file.citeFrom(message('evidence.kernel-unprinted', { unexplained: bytes(unexplained.bytes), share: ratio(share) }), {
        from: file.accounting?.chargedFrom ?? [],
      }),
    ],
    against: [file.cite(message('against.kind-unknown'))],
    advice: advice(undefined),
  };
}

/** Only the kill line survived, and it shows page tables larger than everything the process held. */
function weighPageTablesAlone(file: CaseFile): Finding | undefined {
  const victim = file.victim;
  const tables = victim?.pageTablesBytes;
  if (victim === undefined || tables === undefined) return undefined;
  const resident = (victim.anonRssBytes ?? 0) + (victim.fileRssBytes ?? 0) + (victim.shmemRssBytes ?? 0);
  if (tables < 16 * 2 ** 20 || tables < resident * 2) return undefined;
  return {
    confidence: 0.68,
    title: message('cause.kernel-memory.title.page-tables'),
    because: [
      file.cite(
        message('evidence.victim-page-tables', {
          comm: victim.comm,
          tables: bytes(tables),
          rss: bytes(resident),
          vm: bytes(victim.totalVmBytes ?? 0),
        }),
        victim.line,
      ),
    ],
    against: [file.cite(message('against.charge-unknown'))],
    advice: advice('page-tables'),
  };
}

function advice(part: string | undefined): Advice[] {
  const specific: Readonly<Record<string, Advice>> = {
    'page-tables': { action: message('advice.page-tables'), verify: message('advice.page-tables.verify') },
    stack: {
      action: message('advice.stacks'),
      snippet: { language: 'sh', text: 'kubectl exec POD -c CONTAINER -- grep Threads /proc/1/status' },
      verify: message('advice.stacks.verify'),
    },
    sock: {
      action: message('advice.sockets'),
      snippet: { language: 'sh', text: 'kubectl exec POD -c CONTAINER -- cat /proc/net/sockstat' },
    },
    'slab-reclaimable': { action: message('advice.slab-dentries') },
    zswap: {
      action: message('advice.zswap'),
      snippet: { language: 'sh', text: 'grep -H VmSwap /proc/[0-9]*/status | sort -k2 -n | tail' },
      verify: message('advice.zswap.verify'),
    },
    'slab-unreclaimable': {
      action: message('advice.slab-unreclaimable'),
      snippet: { language: 'sh', text: 'slabtop -o -s c | head -20' },
    },
  };
  const found = part === undefined ? undefined : specific[part];
  return [found ?? { action: message('advice.kernel-unknown'), snippet: { language: 'sh', text: 'slabtop -o -s c | head -20' } }];
}
