import { bytes, type Citation, KIB, MIB, message } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import type { CauseRule, Finding } from '../rule.js';
import { sizingAdvice } from '../sizing/sizing.js';
import { weighStart } from '../termination/end.js';
import { EXEC } from '../writers.js';

/**
 * What runtimes hold before they do any work, rounded down: an idle process measured with its default settings. A limit below
 * that cannot work. Only names that are the runtime's own comm are listed.
 */
const BASELINES: ReadonlyMap<string, number> = new Map([
  ['java', 40 * MIB],
  ['node', 40 * MIB],
  ['dotnet', 30 * MIB],
  ['mysqld', 200 * MIB],
  ['mariadbd', 80 * MIB],
]);
/** The dynamic loader, the C library and a stack: no program starts in less. */
const ANY_PROGRAM = 2 * MIB;

/** The limit is below what the program needs to start, so it is killed at start-up and will be again. */
export const limitBelowBaseline: CauseRule = {
  id: 'limit-below-baseline',
  weigh: (file) => (file.isClusterOnly ? weighStart(file) : file.isMemcg ? weigh(file) : undefined),
};

function weigh(file: CaseFile): Finding | undefined {
  const counter = file.report.counters.memory;
  const limitBytes = counter?.limitBytes;
  const comms = [file.victim?.comm, file.report.invokedBy?.comm];
  const starting = comms.find((comm) => comm !== undefined && /^runc:\[|^\(?crun|^conmon$/.test(comm));
  const exec = file.calledFrom(EXEC);
  const because: Citation[] = [];
  let confidence = 0;
  if (limitBytes !== undefined && limitBytes <= ANY_PROGRAM) {
    confidence = 0.9;
    because.push(file.cite(message('evidence.limit-tiny', { limit: bytes(limitBytes) }), counter?.line));
  }
  const baseline = BASELINES.get(file.victim?.comm ?? '');
  if (limitBytes !== undefined && baseline !== undefined && limitBytes < baseline) {
    confidence = Math.max(confidence, 0.78);
    because.push(
      file.cite(
        message('evidence.limit-below-runtime', {
          comm: file.victim?.comm ?? '',
          limit: bytes(limitBytes),
          baseline: bytes(baseline),
        }),
        counter?.line,
      ),
    );
  }
  if (starting !== undefined) {
    confidence = Math.max(confidence, limitBytes !== undefined && limitBytes < 64 * MIB ? 0.8 : 0.45);
    because.push(
      file.cite(message('evidence.runtime-starting', { comm: starting }), file.report.invokedBy?.line ?? file.victim?.line),
    );
  }
  if (exec !== undefined) {
    confidence = Math.max(confidence, limitBytes !== undefined && limitBytes < 32 * MIB ? 0.6 : 0.3);
    because.push({ statement: message('evidence.exec-running', { comm: file.report.invokedBy?.comm ?? '' }), from: [exec] });
  }
  if (confidence === 0) return undefined;
  // Memory that others hold already leaves no room to start: then the limit is not the point.
  const victimRss = file.victimRow?.rssBytes ?? 0;
  const others = file.workTasks.reduce((sum, row) => sum + (row.pid === file.victim?.pid ? 0 : row.rssBytes), 0);
  if (limitBytes !== undefined && others > limitBytes * 0.6 && victimRss < others) confidence *= 0.4;
  return {
    confidence,
    title: message(
      limitBytes === undefined ? 'cause.limit-below-baseline.title' : 'cause.limit-below-baseline.title-limit',
      limitBytes === undefined ? {} : { limit: bytes(limitBytes) },
    ),
    because,
    against: [file.cite(message('against.start-not-seen'))],
    advice:
      limitBytes !== undefined && limitBytes < 64 * KIB * 1024
        ? [
            {
              action: message('advice.limit-for-start', { proposed: bytes(128 * MIB) }),
              verify: message('advice.raise-limit.verify'),
            },
          ]
        : sizingAdvice(file),
  };
}
