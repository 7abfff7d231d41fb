import { message } from '../../model/index.js';
import type { CauseRule } from '../rule.js';
import { weighOtherEnd } from '../termination/end.js';

/**
 * Memory did not run out: somebody called the OOM killer by hand (order=-1 is sysrq-f, moom_callback() in drivers/tty/sysrq.c), or
 * Kubernetes shows that the container ended otherwise.
 */
export const notOom: CauseRule = {
  id: 'not-oom',
  weigh: (file) => {
    if (file.isClusterOnly) return weighOtherEnd(file);
    const invoker = file.report.invokedBy;
    if (invoker?.order !== -1) return undefined;
    return {
      confidence: 0.95,
      title: message('cause.not-oom.title-sysrq'),
      because: [file.cite(message('evidence.sysrq', { comm: invoker.comm }), invoker.line)],
      advice: [
        { action: message('advice.sysrq'), snippet: { language: 'sh', text: 'sysctl kernel.sysrq; journalctl -k -g sysrq' } },
      ],
    };
  },
};
