import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, isContainerLimit, shareOfCharge } from '../shares.js';

const ANON_SHARE = 0.7;

/**
 * Verified: nodejs/node#47259 (pods killed after the move to cgroup v2: libuv 1.44 does not read it), libuv#3744 (support),
 * the release notes of Node.js 20.3.0 (libuv 1.45.0), and OpenShift's release notes, which ask for Node.js 20.3.0 on cgroup v2.
 */
export const nodeCgroupV2Heap: KnownIssue = {
  id: 'node-cgroup-v2-heap',
  affects: { runtime: 'Node.js before 20.3.0 (libuv before 1.45.0)' },
  symptoms: (facts) =>
    isContainerLimit(facts) &&
    facts.cgroupVersion === 2 &&
    facts.victimComm === 'node' &&
    atLeast(shareOfCharge(facts, facts.anonBytes), ANON_SHARE),
  symptomsInWords:
    "cgroup v2; a container's or pod's limit hit with at least 70 % of the charge anonymous; the victim is `node`.",
  seen: (facts) => ({ limit: bytes(facts.limitBytes ?? facts.chargedBytes ?? 0) }),
  fixedIn: ['Node.js 20.3.0'],
  links: ['https://github.com/nodejs/node/issues/47259', 'https://github.com/libuv/libuv/pull/3744'],
  title: {
    en: 'Node.js before 20.3.0 does not see the limit of cgroup v2',
    'zh-CN': 'Node.js 20.3.0 之前的版本看不到 cgroup v2 的内存限制',
  },
  why: {
    en: "Node.js derives the size of V8's heap from the memory that libuv reports. libuv before 1.45.0 reads only cgroup v1, so on cgroup v2 the heap may grow by the node's RAM. The log does not tell the version of Node.js: check before you blame it.",
    'zh-CN':
      'Node.js 根据 libuv 报告的内存决定 V8 堆的大小。libuv 1.45.0 之前只读取 cgroup v1，因此在 cgroup v2 上堆会按节点内存增长。日志里看不到 Node.js 版本：请先核对再下结论。',
  },
  fits: {
    en: 'The victim is node, on cgroup v2, with a limit of {limit}.',
    'zh-CN': '被杀的是 node，运行在 cgroup v2 上，内存限制为 {limit}。',
  },
  fix: {
    en: 'Node.js 20.3.0 and later.',
    'zh-CN': 'Node.js 20.3.0 及以后的版本。',
  },
  workaround: {
    en: 'Set --max-old-space-size to about three quarters of the limit. `node -p "v8.getHeapStatistics().heap_size_limit"` in the container shows the bound of the heap.',
    'zh-CN':
      '把 --max-old-space-size 设为内存限制的四分之三左右。在容器内运行 `node -p "v8.getHeapStatistics().heap_size_limit"` 可查看堆的上限。',
  },
};
