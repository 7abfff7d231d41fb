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
  title: {
    en: "Python counts the node's CPUs, not the container's, when it decides how many workers to start",
    'zh-CN': 'Python 决定启动多少个 worker 时，数的是节点的 CPU 而不是容器的',
  },
  why: {
    en: 'os.cpu_count() ignores cgroups. A pool with one worker a CPU, as multiprocessing and many server settings make it, starts dozens of processes on a large node, and each has a heap of its own.',
    'zh-CN':
      'os.cpu_count() 不考虑 cgroup。按“每个 CPU 一个 worker”创建的进程池（multiprocessing 和许多服务器配置都如此）会在大节点上启动几十个进程，每个都有自己的堆。',
  },
  fits: {
    en: 'The task table lists {count|Python process|Python processes}.',
    'zh-CN': '任务表列出了 {count} 个 Python 进程。',
  },
  fix: {
    en: 'Python 3.13 takes the number from PYTHON_CPU_COUNT or -X cpu_count.',
    'zh-CN': 'Python 3.13 可通过 PYTHON_CPU_COUNT 或 -X cpu_count 指定该数目。',
  },
  workaround: {
    en: "Set the number of workers by hand, from the container's CPU limit and the memory of one worker.",
    'zh-CN': '根据容器的 CPU 限制和单个 worker 的内存，手动设置 worker 数。',
  },
};
