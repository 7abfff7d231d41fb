import { bytes, type Citation, isBelow, message, ratio } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import { podLimitIsContainers, weighPodLimit } from '../cluster/limits.js';
import type { CauseRule, Finding } from '../rule.js';

/**
 * The limit that was hit is not the victim's own cgroup's but an ancestor's: the pod's (its containers, its sandbox and its
 * tmpfs together), a QoS slice's, kubepods' (node allocatable) or a systemd slice's. The victim need not be who filled it.
 * A pod whose only container has the pod's limit shows the pod as well, so the pod's name alone says little.
 */
export const ancestorLimit: CauseRule = {
  id: 'ancestor-limit',
  weigh: (file) => {
    if (file.isClusterOnly) return weighPodLimit(file);
    const { oomMemcg, taskMemcg } = file.report;
    if (!file.isMemcg || oomMemcg === undefined || taskMemcg === undefined || oomMemcg.truncated) return undefined;
    if (!isBelow(taskMemcg.path, oomMemcg.path)) return undefined;
    const level = file.incident.limited?.level ?? 'other';
    return level === 'pod' ? weighPod(file) : weighAbovePod(file, level);
  },
};

/** A process that holds at least this much of the charge beside the victim is a second party. */
const SECOND_PARTY = 0.15;

function weighPod(file: CaseFile): Finding {
  const single = podLimitIsContainers(file);
  const oomMemcg = file.report.oomMemcg;
  const victimRow = file.victimRow;
  const largestShare = file.shareOf(file.workTasks[0]?.rssBytes ?? 0);
  const second = file.workTasks.find((row) => row.pid !== victimRow?.pid && file.shareOf(row.rssBytes) >= SECOND_PARTY);
  const because: Citation[] = [file.cite(message('evidence.limit-of-pod', { cgroup: oomMemcg?.path ?? '' }), oomMemcg?.line)];
  const against: Citation[] = [];
  let confidence = 0.3;
  if (victimRow !== undefined && second !== undefined && file.share('anon') > 0.5) {
    const victimShare = file.shareOf(victimRow.rssBytes);
    // Two programs by name are most likely two containers; equal names are more often one program's workers.
    confidence = largestShare < 0.75 ? (second.comm === victimRow.comm ? 0.35 : 0.97) : 0.3;
    because.push(
      file.cite(
        message('evidence.second-party', {
          victim: victimRow.comm,
          victimRss: bytes(victimRow.rssBytes),
          victimShare: ratio(victimShare),
          other: second.comm,
          otherRss: bytes(second.rssBytes),
          otherShare: ratio(file.shareOf(second.rssBytes)),
        }),
        victimRow.line,
        second.line,
      ),
    );
    against.push(file.cite(message('against.containers-not-in-table')));
  } else {
    against.push(single ?? file.cite(message('against.pod-limit-equals-container')));
  }
  // Only one container can have filled it: the pod's limit is its own.
  if (single !== undefined) confidence = Math.min(confidence, 0.08);
  return {
    confidence,
    title: message('cause.ancestor-limit.title-pod'),
    because,
    against,
    advice: [
      {
        action: message('advice.compare-limits'),
        snippet: {
          language: 'sh',
          text: 'kubectl get pod POD -o jsonpath=\'{range .spec.containers[*]}{.name}{"\\t"}{.resources.limits.memory}{"\\n"}{end}\'',
        },
        verify: message('advice.compare-limits.verify'),
      },
    ],
  };
}

/** Of the processes killed together the one that held the most, by its row or its kill line; undefined where neither tells. */
function largestVictim(file: CaseFile): { readonly comm: string; readonly bytes: number; readonly line: number } | undefined {
  const rows = new Map(file.tasks.map((row) => [row.pid, row]));
  return file.report.killed
    .flatMap(({ pid, comm, anonRssBytes, line }) => {
      const row = rows.get(pid);
      const size = row?.rssBytes ?? anonRssBytes;
      return size === undefined ? [] : [{ comm, bytes: size, line: row?.line ?? line }];
    })
    .sort((a, b) => b.bytes - a.bytes)[0];
}

/** Of what filled a limit on all pods, a victim with more than this is to blame itself. */
const VICTIM_HOLDS_MOST = 0.7;

function weighAbovePod(file: CaseFile, level: string): Finding {
  const oomMemcg = file.report.oomMemcg;
  const kubernetes = level === 'kubepods' || level === 'qos';
  const victim = largestVictim(file);
  const victimShare = file.shareOf(victim?.bytes ?? 0);
  const othersHoldMuch = file.accounting !== undefined && victim !== undefined && victimShare <= VICTIM_HOLDS_MOST;
  const because: Citation[] = [
    file.cite(
      message(kubernetes ? 'evidence.limit-of-kubepods' : 'evidence.limit-of-ancestor', {
        cgroup: oomMemcg?.path ?? '',
        victim: file.report.taskMemcg?.path ?? '',
      }),
      oomMemcg?.line,
    ),
  ];
  const against: Citation[] = [];
  if (victimShare > VICTIM_HOLDS_MOST) {
    against.push(
      file.cite(message('against.victim-holds-most', { comm: victim?.comm ?? '', share: ratio(victimShare) }), victim?.line),
    );
  }
  return {
    confidence: kubernetes ? (othersHoldMuch ? 0.97 : 0.79) : 0.7,
    title: message(kubernetes ? 'cause.ancestor-limit.title-kubepods' : 'cause.ancestor-limit.title', {
      cgroup: oomMemcg?.path ?? '',
    }),
    because,
    against,
    advice: kubernetes
      ? [
          {
            action: message('advice.node-allocatable'),
            snippet: { language: 'sh', text: 'kubectl describe node NODE | sed -n "/Allocated resources/,/Events/p"' },
            verify: message('advice.node-allocatable.verify'),
          },
          { action: message('advice.requests-equal-limits'), cost: message('advice.requests-equal-limits.cost') },
        ]
      : [
          {
            action: message('advice.look-at-ancestor', { cgroup: oomMemcg?.path ?? '' }),
            snippet: { language: 'sh', text: 'systemd-cgtop -m' },
          },
        ],
  };
}
