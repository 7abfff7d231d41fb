import { type Advice, type Cause, type Citation, message } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';

/** Below this, no cause may stand first: saying "not sure" is the better answer. */
export const SURE_ENOUGH = 0.5;

/** The answer when no rule is sure: what is missing, and how to get it next time. */
export function insufficientEvidence(file: CaseFile, best: number): Cause {
  const { missing } = file.report.completeness;
  const because: Citation[] = missing.map((section) => file.cite(message(`evidence.missing.${section}`)));
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
  found.push({
    action: message('advice.watch-next-time'),
    snippet: {
      language: 'sh',
      text: "kubectl exec POD -c CONTAINER -- sh -c 'cat /sys/fs/cgroup/memory.stat || cat /sys/fs/cgroup/memory/memory.stat'",
    },
  });
  return found;
}
