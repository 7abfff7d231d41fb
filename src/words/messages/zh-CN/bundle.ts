import type { bundle as english } from '../en/bundle.js';

/** 证据包的写入与读取。 */
export const bundle = {
  'bundle.error.exists': '{path}：文件已存在；--force 可覆盖',
  'bundle.error.write': '{path}：无法写入（{detail}）',
  'bundle.error.read': '{path}：无法读取（{detail}）',
  'bundle.error.recording': '{path}：不是完整的运行记录：已损坏或被改动；请用 -o FILE.json 重新运行',
  'bundle.error.comparison': '{path}：不是完整的运行对比：文件已损坏或被改动',
  'bundle.error.version': '{path}：采用 {version} 格式，此版本的 oomkit 不认识；请用更新的版本读取',
  'bundle.error.manifest': '{path}：不是完整的证据包：清单损坏或缺失',
  'bundle.error.too-large': '{path}：超过证据包应有的大小；未读取',

  'bundle.written': '{path}：{files} 个文件，{size}；{missing} 项无法取得',
  'bundle.missing': '证据包中没有来自 {source} 的 {name}：{reason}',
  'bundle.foreign-file': '{path}：{name} 不在清单中，或不是普通文件；已跳过',
  'bundle.changed-file': '{path}：{name} 与清单不符；已跳过',
  'bundle.lost-files': '{path}：缺少清单中的 {count} 个文件，例如 {example}',
  'bundle.no-live-facts': '{path}：其中的实时数据已损坏；已跳过',
  'bundle.from-live-facts': '{path}：其中没有杀死进程的记录；以下是 {time} 的状态，以及如果当时杀死进程，原因会是什么',

  'bundle.live': '该 cgroup 在 {time} 仍然存在：已计入 {usage}（{source}）',
  'bundle.limit-changed': '杀死进程时限制为 {atKill}（{report}），而 {source} 中为 {now}：此后被修改过；以杀死进程时的数据为准',
  'bundle.more-kills': '该 cgroup 记录了 {kills} 次 OOM 杀死（{source}），而日志中只有 {reports} 份报告：其余已丢失',
} as const satisfies Record<keyof typeof english, string>;
