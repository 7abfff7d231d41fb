import { bytes } from '../../model/index.js';
import { javaFilledTheLimit } from '../java-heap.js';
import type { KernelRange } from '../kernel-range.js';
import type { KnownIssue } from '../known-issue.js';

/** Kernels whose /proc/cgroups may lack the memory controller. */
export const WITHOUT_PROC_CGROUPS: KernelRange = { from: [6, 12], symptomsSuffice: false };

/**
 * Verified: openjdk/jdk#23811 (8349988: do not depend on /proc/cgroups), flatcar/Flatcar#1884 (OOM kills after the move to 6.12),
 * corretto/corretto-21#143 (21.0.9 on Ubuntu's 6.14), keycloak/keycloak#36609 (solved with openjdk 25, persists for 21 to 24).
 * flatcar/scripts#3289: a kernel with CONFIG_MEMCG_V1 and CONFIG_CPUSETS_V1 is not affected. Which update releases got a backport was not checked.
 */
export const jvmProcCgroups: KnownIssue = {
  id: 'jvm-proc-cgroups',
  affects: { kernel: WITHOUT_PROC_CGROUPS, runtime: 'OpenJDK before 25 without a backport' },
  symptoms: javaFilledTheLimit,
  symptomsInWords:
    "Linux 6.12 or later and cgroup v2; a container's or pod's limit hit with at least 70 % of the charge anonymous; the victim is `java`, its address space at least 1 GiB larger than the limit.",
  seen: (facts) => ({ release: facts.kernelRelease ?? '', limit: bytes(facts.limitBytes ?? 0) }),
  fixedIn: ['OpenJDK 25'],
  links: [
    'https://bugs.openjdk.org/browse/JDK-8346874',
    'https://github.com/openjdk/jdk/pull/23811',
    'https://github.com/flatcar/Flatcar/issues/1884',
    'https://github.com/corretto/corretto-21/issues/143',
  ],
  title: {
    en: "On Linux 6.12 and later a JVM before 25 may miss the container's limit",
    'zh-CN': '在 Linux 6.12 及以后版本上，25 之前的 JVM 可能识别不到容器的内存限制',
  },
  why: {
    en: "A kernel built without the cgroup v1 controllers no longer lists memory in /proc/cgroups. JVMs that look there conclude that no memory controller exists and size the heap by the node's RAM. Kernels with CONFIG_MEMCG_V1 and CONFIG_CPUSETS_V1 are not affected, and the log does not tell the JDK's version: check both.",
    'zh-CN':
      '不含 cgroup v1 控制器的内核不再在 /proc/cgroups 中列出 memory。从那里读取的 JVM 会以为没有内存控制器，于是按节点内存决定堆大小。开启 CONFIG_MEMCG_V1 和 CONFIG_CPUSETS_V1 的内核不受影响，日志里也看不到 JDK 版本：两者都要核对。',
  },
  fits: {
    en: 'The victim is java, on kernel {release} and cgroup v2, with a limit of {limit}.',
    'zh-CN': '被杀的是 java，内核 {release}，cgroup v2，内存限制为 {limit}。',
  },
  fix: {
    en: 'OpenJDK 25, or an update release with the backport of JDK-8349988.',
    'zh-CN': 'OpenJDK 25，或带有 JDK-8349988 回移补丁的更新版本。',
  },
  workaround: {
    en: 'Set -Xmx or -XX:MaxRAM. `java -Xlog:os+container=debug -version` prints "One or more required controllers disabled at kernel level" where the issue holds.',
    'zh-CN':
      '设置 -Xmx 或 -XX:MaxRAM。若存在此问题，`java -Xlog:os+container=debug -version` 会打印“One or more required controllers disabled at kernel level”。',
  },
};
