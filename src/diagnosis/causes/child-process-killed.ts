import { type Citation, message } from '../../model/index.js';
import type { CauseRule } from '../rule.js';
import { weighChildEnd } from '../termination/end.js';

/**
 * The victim was not the container's first process and nothing killed the others: the container lives on, Kubernetes may
 * never say OOMKilled, and the program meets a broken pipe, a failed job or a worker that is gone.
 */
export const childProcessKilled: CauseRule = {
  id: 'child-process-killed',
  weigh: (file) => {
    if (file.isClusterOnly) return weighChildEnd(file);
    const { victim, report } = file;
    if (!file.isMemcg || victim === undefined || report.groupKill !== undefined || file.incident.container?.level !== 'container')
      return undefined;
    if (report.oomMemcg?.path !== report.taskMemcg?.path) return undefined;
    // Rows that are lost may be those of the first process, or the victim's own.
    if (file.victimRow === undefined || report.completeness.missing.includes('task-table')) return undefined;
    // In the container's own table the process with the lowest pid is, but for a wrap of the pids, the one that was started first.
    const others = file.workTasks.filter((row) => row.pid !== victim.pid);
    const first = [...file.workTasks].sort((a, b) => a.pid - b.pid)[0];
    if (others.length === 0 || first === undefined || first.pid === victim.pid || victim.pid === 1) return undefined;
    const because: Citation[] = [
      file.cite(
        message('evidence.not-first-process', {
          comm: victim.comm,
          pid: String(victim.pid),
          first: first.comm,
          firstPid: String(first.pid),
        }),
        victim.line,
        first.line,
      ),
      file.cite(message('evidence.others-survived', { count: others.length })),
    ];
    return {
      confidence: 0.55,
      title: message('cause.child-process-killed.title', { comm: victim.comm }),
      because,
      against: [file.cite(message('against.pid-order'))],
      advice: [
        {
          action: message('advice.child-killed'),
          snippet: {
            language: 'sh',
            text: 'kubectl get pod POD -o jsonpath=\'{range .status.containerStatuses[*]}{.name}{"\\t"}{.restartCount}{"\\t"}{.lastState}{"\\n"}{end}\'',
          },
        },
        { action: message('advice.oom-group'), cost: message('advice.oom-group.cost') },
      ],
    };
  },
};
