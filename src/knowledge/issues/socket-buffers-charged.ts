import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, shareOfCharge } from '../shares.js';

const SOCKET_SHARE = 0.25;

/**
 * Verified: Documentation/admin-guide/cgroup-v2.rst lists socket buffers among the tracked memory and `sock` in memory.stat;
 * pytorch/ci-infra#1024 shows kills with 76 % of the limit in `sock` and caps tcp_rmem; google/cadvisor#3642 says that cAdvisor
 * does not report it.
 */
export const socketBuffersCharged: KnownIssue = {
  id: 'socket-buffers-charged',
  affects: {},
  symptoms: (facts) =>
    facts.scope === 'memcg' && facts.cgroupVersion === 2 && atLeast(shareOfCharge(facts, facts.sockBytes), SOCKET_SHARE),
  symptomsInWords: 'A memory cgroup of cgroup v2 at its limit, with at least 25 % of the charge in socket buffers (`sock`).',
  seen: (facts) => ({ sock: bytes(facts.sockBytes ?? 0), share: ratio(shareOfCharge(facts, facts.sockBytes) ?? 0) }),
  links: [
    'https://docs.kernel.org/admin-guide/cgroup-v2.html#memory',
    'https://github.com/pytorch/ci-infra/pull/1024',
    'https://github.com/google/cadvisor/pull/3642',
  ],
  title: {
    en: 'Socket buffers count against the limit on cgroup v2, and the usual metrics do not show them',
    'zh-CN': 'cgroup v2 把套接字缓冲区计入内存限制，而常用指标看不到它',
  },
  why: {
    en: 'On cgroup v2 the kernel charges socket buffers to the container. Many connections, or peers that read slowly, can fill the limit while the heap is small; cAdvisor does not report this part.',
    'zh-CN':
      '在 cgroup v2 上，内核把套接字缓冲区计入容器。连接数多或对端读取缓慢时，堆还很小，就可能已经达到内存限制；cAdvisor 不报告这部分内存。',
  },
  fits: {
    en: 'Here {sock}, {share} of the charge, is in socket buffers.',
    'zh-CN': '本次套接字缓冲区有 {sock}，占已计入内存的 {share}。',
  },
  workaround: {
    en: "Use fewer connections or read faster. Or cap the buffers in the pod's network namespace (net.ipv4.tcp_rmem, net.ipv4.tcp_wmem), at the price of throughput on long paths.",
    'zh-CN':
      '减少连接数或加快读取。也可以在 Pod 的网络命名空间里限制缓冲区上限（net.ipv4.tcp_rmem、net.ipv4.tcp_wmem），代价是长距离链路的吞吐量下降。',
  },
};
