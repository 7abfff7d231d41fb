import { bytes, message, ratio } from '../../model/index.js';
import { confidenceAt } from '../case-file.js';
import { crowdOf } from '../crowd.js';
import type { CauseRule } from '../rule.js';

/**
 * Many processes, none of them large: a worker pool sized by the node's CPUs, a fork bomb, jobs that pile up. Each alone looks
 * harmless, and the kernel kills one after the other without much gain.
 */
export const processCount: CauseRule = {
  id: 'process-count',
  weigh: (file) => {
    if (!file.isMemcg || file.accounting === undefined) return undefined;
    const crowd = crowdOf(file);
    if (crowd === undefined) return undefined;
    const held = file.share('anon') + (crowd.ownsKernelMemory ? file.share('kernel') : 0);
    if (held < 0.35) return undefined;
    const tasks = file.workTasks;
    const kernel = file.line('kernel');
    const { largest, largestShare, residentBytes } = crowd;
    const confidence =
      0.95 *
      crowd.degree *
      confidenceAt(held, [
        [0.35, 0.6],
        [0.6, 0.95],
        [0.8, 1],
      ]);
    if (confidence < 0.1) return undefined;
    const family = commonest(tasks.map((row) => row.comm));
    const kills = file.report.killed.length + file.report.followingKills.length;
    return {
      confidence,
      title: message('cause.process-count.title', { count: tasks.length, comm: family.comm }),
      because: [
        file.citeFrom(
          message('evidence.many-processes', {
            count: tasks.length,
            rss: bytes(residentBytes),
            each: bytes(residentBytes / tasks.length),
          }),
          file.accounting.processes,
        ),
        file.cite(
          message('evidence.largest-is-small', { comm: largest.comm, rss: bytes(largest.rssBytes), share: ratio(largestShare) }),
          largest.line,
        ),
        ...(crowd.ownsKernelMemory && kernel !== undefined && file.share('kernel') > 0.15
          ? [
              file.citeFrom(
                message('evidence.crowd-kernel', { kernel: bytes(kernel.bytes), each: bytes(kernel.bytes / tasks.length) }),
                kernel,
              ),
            ]
          : []),
        ...(family.count >= tasks.length / 3
          ? [file.cite(message('evidence.process-family', { comm: family.comm, family: family.count, count: tasks.length }))]
          : []),
        ...(kills > 1 && file.report.groupKill === undefined
          ? [file.cite(message('evidence.repeated-kills', { count: kills }), file.report.followingKills[0]?.line)]
          : []),
      ],
      against: [file.cite(message('against.shared-pages-counted-twice'))],
      advice: [
        { action: message('advice.fewer-workers'), verify: message('advice.fewer-workers.verify') },
        { action: message('advice.pids-limit'), cost: message('advice.pids-limit.cost') },
      ],
    };
  },
};

function commonest(comms: readonly string[]): { readonly comm: string; readonly count: number } {
  const counts = new Map<string, number>();
  for (const comm of comms) counts.set(comm, (counts.get(comm) ?? 0) + 1);
  let best = { comm: '', count: 0 };
  for (const [comm, count] of counts) if (count > best.count) best = { comm, count };
  return best;
}
