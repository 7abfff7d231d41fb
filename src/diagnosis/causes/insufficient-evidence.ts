import {
  type Advice,
  bytes,
  type Cause,
  type Citation,
  type Message,
  message,
  type ReportSection,
  ratio,
} from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import { shareByScore } from '../score.js';
import { tellApart } from '../tell-apart.js';
import { citePod } from '../termination/end.js';

/** Below this, no cause may stand first: saying "not sure" is the better answer. */
export const SURE_ENOUGH = 0.5;

/** A part of the charge whose kind is not known, from which on it is worth a sentence. */
const WORTH_TELLING = 0.3;

/** Sections of which some lines are left. */
const PARTLY: Readonly<Partial<Record<ReportSection, Message>>> = {
  statistics: message('evidence.partly.statistics'),
  'task-table': message('evidence.partly.task-table'),
};

/** The answer when no rule is sure: what is missing, and how to get it next time. */
export function insufficientEvidence(file: CaseFile, best: number): Cause {
  if (file.isClusterOnly) return withoutKernelReport(file, best);
  const { missing, present } = file.report.completeness;
  const because: Citation[] = missing.map((section) =>
    file.cite((present.includes(section) ? PARTLY[section] : undefined) ?? message(`evidence.missing.${section}`)),
  );
  const unknown = file.heldOfUnknownKind;
  if (file.isMemcg && file.shareOf(unknown) >= WORTH_TELLING)
    because.unshift(
      file.citeFrom(
        message('evidence.kinds-unknown', { held: bytes(unknown), share: ratio(file.shareOf(unknown)) }),
        { from: file.accounting?.chargedFrom ?? [] },
        file.accounting?.processes,
      ),
    );
  const scored = file.isMemcg ? shareByScore(file) : undefined;
  if (scored !== undefined) because.unshift(scored.citation);
  if (file.accounting === undefined) because.unshift(file.cite(message('evidence.nothing-charged-known'), file.report.firstLine));
  else because.unshift(file.citeFrom(message('evidence.no-part-dominates'), { from: file.accounting.chargedFrom }));
  return {
    id: 'insufficient-evidence',
    confidence: Math.round(Math.min(0.9, 1 - best) * 100) / 100,
    title: message('cause.insufficient-evidence.title'),
    because,
    against: [],
    advice: advice(file),
  };
}

function advice(file: CaseFile): Advice[] {
  const found: Advice[] = [];
  if (file.report.completeness.missing.length > 0) {
    found.push({
      action: message('advice.whole-report'),
      snippet: { language: 'sh', text: 'journalctl -k -b --no-pager | oomkit diagnose -' },
      verify: message('advice.whole-report.verify'),
    });
  }
  if (file.isMemcg && file.shareOf(file.heldOfUnknownKind) >= WORTH_TELLING) found.push(tellApart());
  found.push({
    action: message('advice.watch-next-time'),
    snippet: {
      language: 'sh',
      text: "kubectl exec POD -c CONTAINER -- sh -c 'cat /sys/fs/cgroup/memory.stat || cat /sys/fs/cgroup/memory/memory.stat'",
    },
  });
  return found;
}

/** Kubernetes tells that something was killed, or may have been, and not what filled the memory: that, only the kernel's log says. */
function withoutKernelReport(file: CaseFile, best: number): Cause {
  const { kubernetes } = file.incident;
  const { pod } = kubernetes ?? {};
  const log = `ssh ${pod?.nodeName ?? 'NODE'} sudo dmesg > node.log`;
  return {
    id: 'insufficient-evidence',
    confidence: Math.round(Math.min(0.9, 1 - best) * 100) / 100,
    title: message(
      file.end?.verdict === 'oom-kill' ? 'cause.insufficient-evidence.title' : 'cause.insufficient-evidence.title-kill',
    ),
    because: [
      ...(file.end?.because ?? []).map((statement) => citePod(file, statement)),
      citePod(
        file,
        message(
          kubernetes?.logWithoutReport === undefined
            ? 'evidence.cluster.no-kernel-report'
            : 'evidence.cluster.log-without-report',
          { log: kubernetes?.logWithoutReport ?? '' },
        ),
      ),
    ],
    against: (file.end?.against ?? []).map((statement) => citePod(file, statement)),
    advice: [
      {
        action: message('advice.cluster.node-log'),
        snippet: {
          language: 'sh',
          text: `${log}\noomkit diagnose pod/${pod?.name ?? 'POD'} -n ${pod?.namespace ?? 'NAMESPACE'} --node-log node.log`,
        },
        verify: message('advice.whole-report.verify'),
      },
    ],
  };
}
