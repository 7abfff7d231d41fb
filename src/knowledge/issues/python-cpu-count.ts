import type { KnownIssue } from '../known-issue.js';
import { atLeast, isContainerLimit, shareOfCharge } from '../shares.js';
import type { SymptomFacts } from '../symptom-facts.js';

const MANY_WORKERS = 8;
const ANON_SHARE = 0.6;

/** Names of interpreters and of the servers that fork one worker a CPU. */
const PYTHON_WORKER = /^(python[\d.]*|gunicorn)/;

function workers(facts: SymptomFacts): number {
  return facts.comms.filter((comm) => PYTHON_WORKER.test(comm)).length;
}

/**
 * Verified: cpython#109649 and #109907 (os.cpu_count() counts the CPUs of the system and ignores cgroups; process_cpu_count() looks at
 * the affinity only) and #109595 (-X cpu_count and PYTHON_CPU_COUNT for containers, 3.13).
 */
export const pythonCpuCount: KnownIssue = {
  id: 'python-cpu-count',
  affects: { runtime: 'CPython' },
  symptoms: (facts) =>
    isContainerLimit(facts) && workers(facts) >= MANY_WORKERS && atLeast(shareOfCharge(facts, facts.anonBytes), ANON_SHARE),
  symptomsInWords:
    "A container's or pod's limit hit with at least 60 % of the charge anonymous and at least 8 processes named python or gunicorn.",
  seen: (facts) => ({ count: workers(facts) }),
  links: ['https://github.com/python/cpython/issues/109649', 'https://github.com/python/cpython/issues/109595'],
  remedies: ['fix', 'workaround'],
};
