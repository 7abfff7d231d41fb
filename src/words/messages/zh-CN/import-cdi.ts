import type { importCdi as english } from '../en/import-cdi.js';

/** oomkit 代替 CDI 导入器运行时的输出，以及指标。 */
export const importCdi = {
  'import.cdi.start': '{source} → {target}：代替 cdi-importer 运行，脏页最多 64 MiB',
  'import.cdi.start-killed':
    '{source} → {target}：代替 cdi-importer 运行；上一次导入被 OOM 杀死后，CDI 要求使用直接 I/O（CACHE_MODE=TRYNONE）：只要卷支持就会使用',
  'import.cdi.done': '{source} 已写入 {target}：{size}，共读取 {read}',
  'import.cdi.unpacked': '{source} 已解包到 {target}：{files} 个文件，{size}',
  'import.cdi.nothing': '空的块卷就是空磁盘：无事可做',
  'import.cdi.no-termination': '{path}：无法写入终止消息；消息内容为：{text}',
  'import.cdi.no-done-file': '{path}：无法创建（{reason}）；提供镜像的容器可能不会退出',
  'import.cdi.metrics': '指标地址 {url}',
  'import.cdi.progress': '{done} / {size}，{rate}/s，脏页 {dirty}',
  'import.cdi.progress.no-dirty': '{done} / {size}，{rate}/s',
  'import.cdi.progress.no-size': '{done}，{rate}/s',

  'import.error.cdi-source': '未知的数据源：{source}',
  'import.error.cdi-unsupported': '本导入器不支持 {what}；请改用 CDI 自带的导入器镜像',
  'import.error.cdi-environment': '{name}：“{value}” 无法理解',
  'import.error.archive-entry': '{source}：{name} 的类型是 {kind}，只解包文件和目录',
  'import.error.archive-path': '{source}：{name} 会写到卷之外，或经由卷上的链接写入',
  'import.error.archive-none': '{source}：格式为 {format}，不是 tar 归档',
  'import.error.cdi-header': '{path}：不是请求头；格式应为 NAME: VALUE',
  'import.error.cdi-file': '{path}：无法读取（{reason}）',
  'import.error.cdi-not-ready': '等待文件 {path} 超时',
  'import.error.metrics-certificate': '提供指标需要证书，而生成证书的 openssl 程序不存在或运行失败；请安装 openssl 软件包',
} as const satisfies Record<keyof typeof english, string>;
