import type { pageCommand as english } from '../en/page-command.js';

export const pageCommand = {
  'page-command.too-large': '{path}：{size}，太大，无法放进页面；可用 oomkit page {path} 查看',
  'page-command.left-out': '有 {count} 个事件未放入：一个页面只容得下这 {shown} 个；可用 --pod、--container 或 --pid 选取',
  'page-command.serving': '页面只提供给本机，按 Ctrl-C 结束',
  'page-command.no-browser': '无法打开浏览器：请在浏览器中打开上面的地址',
  'page-command.unreadable': '{path}：页面无法读取 {format} 格式；可用 oomkit diagnose {path} -o html 生成包含其内容的页面',
} satisfies Record<keyof typeof english, string>;
