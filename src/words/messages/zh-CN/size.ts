import type { size as english } from '../en/size.js';

/** `oomkit size` 的建议及其推算。 */
export const size = {
  'size.title': '{workload}，容器 {container}：请求 {request}，限制 {limit}',
  'size.seen': '{covered}内 {count} 个 Pod 的 {samples} 个采样，每 {step} 一个',
  'size.basis.charge-less-file': '不可回收的内存：计入的内存减去两条文件页链表（匿名、shmem 和内核内存）。',
  'size.basis.charge-less-cache': '不可回收的内存：计入的内存减去缓存（匿名和内核内存）。',
  'size.basis.rss': '不可回收的内存：rss（匿名内存）。',
  'size.arithmetic.percentile': '需求最大的 Pod 有 {percentile} 的采样不超过 {seen}；乘以 {factor} 为 {sum}，向上取整为 {size}',
  'size.arithmetic.peak': '最高为 {seen}；乘以 {factor} 为 {sum}，向上取整为 {size}',
  'size.arithmetic.kill': '在限制为 {seen} 时被杀，说明需要更多，但不知道多多少：加上 {added} 为 {sum}，向上取整为 {size}',
  'size.label.request': '请求',
  'size.label.limit': '限制',
  'size.label.now': '目前',
  'size.label.confidence': '可信度',
  'size.label.history': '历史',
  'size.now': '请求 {request}，限制 {limit}',
  'size.confidence.high': '高',
  'size.confidence.medium': '中',
  'size.confidence.low': '低',
  'size.heading.patch': '补丁',
  'size.heading.doubts': '不确定之处',
  'size.refused': '{workload}，容器 {container}：不给出建议：{why}',
  'size.refused.too-short': '{covered}内 {count} 个采样太少；至少需要 {least}内 {leastCount} 个',
  'size.refused.working-set': '指标中只有工作集，其中含有活跃的页缓存',
  'size.absent': '{workload}：{server} 在该时间窗口内没有这样的 Pod 的采样',
  'size.doubt.leak': '需求最大的 Pod 内存无止境地增长：多大的限制都不够。请先找到泄漏。',
  'size.doubt.kills': '窗口内有 {count} 次 OOM 杀死：观测值被限制截断，真实需求更高。',
  'size.doubt.far-below':
    '{count} 次被杀时最后一个采样远低于限制：是两次采样之间的急升，或是脏页缓存，后者不能靠调高限制解决。请先诊断再定大小。',
  'size.doubt.basis.charge-less-cache':
    '没有保留文件页链表的指标，tmpfs 上的文件未计入：如果 Pod 有 medium 为 Memory 的 emptyDir，请另外加上。',
  'size.doubt.basis.rss': '只保留了 rss：内核内存和 tmpfs 未计入。',
  'size.doubt.short': '历史只有 {covered}，不足一周：看不到以周为周期的负载。',
  'size.doubt.one-pod': '只有一个 Pod：看不到副本之间的差异。',
  'size.note.by-name': '没有指标说明 Pod 的所有者：Pod 是按命名规则找到的，可能混入名称相近的其他工作负载。',
} as const satisfies Record<keyof typeof english, string>;
