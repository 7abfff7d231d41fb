import type { reading as english } from '../en/reading.js';

/** 读取证据时遇到的问题，以及没有找到的东西。每条一行：写到标准错误和 JSON 的 warnings。 */
export const reading = {
  'read.error.not-found': '{path}：没有这个文件或目录',
  'read.error.permission': '{path}：没有权限；请用有权读取它的用户运行 oomkit',
  'read.error.special-file': '{path}：既不是文件和目录，也不是管道',
  'read.error.unsupported-format': '{path}：oomkit 不读 {format} 格式；请试：{command} {path} | oomkit diagnose -',
  'read.error.journalctl-missing': 'PATH 中没有 journalctl；请在日志所在的机器上运行 oomkit，或给它一个日志文件',
  'read.error.journalctl-failed': 'journalctl 失败：{detail}',
  'read.error.kmsg-missing': '{path}：这里没有这个设备；请在节点上试：dmesg | oomkit diagnose -',
  'read.error.kmsg-permission': '{path}：没有权限；读取实时内核日志需要 root 或 CAP_SYSLOG',
  'read.error.io': '{path}：无法读取（{detail}）',
  'read.damaged': '{path}：已损坏或不完整（{detail}）；此前的内容已读取',
  'read.skipped-binaries': '跳过了 {count} 个非文本文件，例如 {example}',
  'read.kmsg-overrun': '读取期间内核覆盖了一些记录：{gaps} 处缺口',
  'read.journalctl-says': 'journalctl：{detail}',
  'found.nothing': '{where} 中没有 OOM 报告',
  'found.copies': '有 {count} 份报告在不同文件中重复出现，只显示最完整的一份',
  'found.nothing-in-binary': '{where} 中没有 OOM 报告，它不是文本文件',
  'found.nothing-in-files': '{where} 中没有 OOM 报告；共读取 {count} 个来源',
  'found.nothing-matches': '没有 OOM 报告符合 {filter}；共读到 {count} 份报告',
  'found.input': '{first}',
  'found.inputs': '{first} 和另外 {others} 个输入',
} as const satisfies Readonly<Record<keyof typeof english, string>>;
