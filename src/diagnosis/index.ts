import { account, accountPod } from '../accounting/index.js';
import { matchKnownIssues } from '../knowledge/match.js';
import { symptomFacts } from '../knowledge/symptom-facts.js';
import type { Accounting, Cause, Diagnosis, Incident } from '../model/index.js';
import { CaseFile } from './case-file.js';
import { causeRules } from './causes/index.js';
import { insufficientEvidence, SURE_ENOUGH } from './causes/insufficient-evidence.js';
import { heedGaps } from './heed-gaps.js';
import { heedHistory } from './heed-history.js';
import { judgeTermination } from './termination/judge-termination.js';
import { warningsOf } from './warnings.js';

/** Causes less likely than this are noise and left out. */
const WORTH_NAMING = 0.1;

/**
 * Diagnoses one incident: accounts for its memory, weighs every cause, and ranks those worth naming, the most likely first.
 * Joint causes stand side by side. When none is more likely than not, `insufficient-evidence` leads. Never throws.
 */
export function diagnose(incident: Incident): Diagnosis {
  const accounting = accountingOf(incident);
  const file = new CaseFile(incident, accounting);
  const causes: Cause[] = [];
  for (const rule of causeRules) {
    const finding = heedHistory(rule.id, heedGaps(rule.id, rule.weigh(file), file), file.growth);
    if (finding === undefined || finding.confidence < WORTH_NAMING) continue;
    causes.push({
      id: rule.id,
      confidence: Math.round(Math.min(0.99, finding.confidence) * 100) / 100,
      title: finding.title,
      because: finding.because,
      against: finding.against ?? [],
      advice: finding.advice ?? [],
    });
  }
  causes.sort((a, b) => b.confidence - a.confidence);
  // That a child died says nothing of what filled the memory.
  const best = Math.max(
    0,
    ...causes.filter(({ id }) => file.isClusterOnly || id !== 'child-process-killed').map(({ confidence }) => confidence),
  );
  if (best < SURE_ENOUGH) causes.unshift(insufficientEvidence(file, best));
  const facts = symptomFacts(incident.report, accounting, incident.limited, incident.container);
  return {
    incident,
    ...(accounting === undefined ? {} : { accounting }),
    ...(file.end === undefined ? {} : { end: file.end }),
    ...(file.growth === undefined ? {} : { growth: file.growth }),
    causes,
    knownIssues: matchKnownIssues(facts),
    warnings: warningsOf(file),
  };
}

/** Of the kernel's report or, where there is none, of what the cluster tells about a kill that is sure to be one. */
function accountingOf({ report, kubernetes }: Incident): Accounting | undefined {
  if (kubernetes === undefined || kubernetes.hasKernelReport) return account(report);
  const { verdict, because } = judgeTermination(kubernetes);
  const ofNode = because.some(({ key }) => key === 'judge.system-oom');
  return verdict === 'oom-kill' && !ofNode ? accountPod(kubernetes) : undefined;
}
