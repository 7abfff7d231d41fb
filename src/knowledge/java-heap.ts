import { GIB } from '../model/index.js';
import { atLeast, isContainerLimit, shareOfCharge } from './shares.js';
import type { SymptomFacts } from './symptom-facts.js';

/** Heap growth is what filled the limit. */
const ANON_SHARE = 0.7;
/** Address space a 64-bit JVM reserves beside its heap for class metadata (CompressedClassSpaceSize, 1 GiB unless set). */
const CLASS_SPACE_BYTES = GIB;

/** Whether a Java process filled the limit of its container on cgroup v2, with room in its address space for a heap beyond the limit. */
export function javaFilledTheLimit(facts: SymptomFacts): boolean {
  return (
    isContainerLimit(facts) &&
    facts.cgroupVersion === 2 &&
    facts.victimComm === 'java' &&
    atLeast(shareOfCharge(facts, facts.anonBytes), ANON_SHARE) &&
    facts.limitBytes !== undefined &&
    facts.victimTotalVmBytes !== undefined &&
    facts.victimTotalVmBytes >= facts.limitBytes + CLASS_SPACE_BYTES
  );
}
