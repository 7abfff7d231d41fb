import { bytes } from '../../model/index.js';
import { javaFilledTheLimit } from '../java-heap.js';
import { mayAffect } from '../kernel-range.js';
import type { KnownIssue } from '../known-issue.js';
import { WITHOUT_PROC_CGROUPS } from './jvm-proc-cgroups.js';

/**
 * Verified: kubernetes.io "About cgroup v2" (OpenJDK jdk8u372, 11.0.16, 15 and later support it), Red Hat's article on 8u372,
 * corretto-11#320 (11.0.18 still takes the host's memory where cpuacct is missing). From 6.12 on jvm-proc-cgroups says more.
 */
export const jvmCgroupV2: KnownIssue = {
  id: 'jvm-cgroup-v2',
  affects: { runtime: 'OpenJDK before 8u372, 11.0.16 and 15' },
  symptoms: (facts) => javaFilledTheLimit(facts) && !mayAffect(WITHOUT_PROC_CGROUPS, facts.kernel, facts.kernelRelease),
  symptomsInWords:
    "cgroup v2; a container's or pod's limit hit with at least 70 % of the charge anonymous; the victim is `java`, its address space at least 1 GiB larger than the limit. On Linux 6.12 and later jvm-proc-cgroups is cited instead.",
  seen: (facts) => ({ limit: bytes(facts.limitBytes ?? 0) }),
  fixedIn: ['OpenJDK 8u372', 'OpenJDK 11.0.16', 'OpenJDK 15'],
  links: [
    'https://kubernetes.io/docs/concepts/architecture/cgroups/',
    'https://developers.redhat.com/articles/2023/04/19/openjdk-8u372-feature-cgroup-v2-support',
    'https://github.com/corretto/corretto-11/issues/320',
  ],
  title: {
    en: 'An old JVM does not see the limit of cgroup v2 and sizes its heap by the node',
    'zh-CN': '旧版 JVM 看不到 cgroup v2 的内存限制，按节点内存决定堆大小',
  },
  why: {
    en: "OpenJDK before 8u372, 11.0.16 and 15 reads only cgroup v1. On cgroup v2 it takes the node's RAM, a quarter of which is the default heap. The log does not tell the JDK's version: check before you blame it.",
    'zh-CN':
      'OpenJDK 8u372、11.0.16 和 15 之前的版本只读取 cgroup v1。在 cgroup v2 上，它以节点内存为准，默认堆为其四分之一。日志里看不到 JDK 版本：请先核对再下结论。',
  },
  fits: {
    en: 'The victim is java, on cgroup v2, with a limit of {limit}.',
    'zh-CN': '被杀的是 java，运行在 cgroup v2 上，内存限制为 {limit}。',
  },
  fix: {
    en: 'OpenJDK 8u372, 11.0.16, or 15 and later.',
    'zh-CN': 'OpenJDK 8u372、11.0.16，或 15 及以后的版本。',
  },
  workaround: {
    en: 'Set -Xmx. `java -XshowSettings:system -version` in the container shows which memory limit the JVM sees.',
    'zh-CN': '设置 -Xmx。在容器内运行 `java -XshowSettings:system -version` 可查看 JVM 识别到的内存限制。',
  },
};
