import type { Language } from '../language.js';
import type { GlossaryTopic, GlossaryUnit } from './entry.js';

/** The glossary's own words around the explanations. */
export interface GlossaryLabels {
  readonly topics: Readonly<Record<GlossaryTopic, string>>;
  readonly units: Readonly<Record<GlossaryUnit, string>>;
  readonly unit: string;
  readonly aliases: string;
  readonly seeAlso: string;
  readonly sources: string;
  readonly separator: string;
  /** Before each of the terms found in a pasted line that the glossary does not know. */
  readonly unknownFlag: string;
  readonly notFound: (query: string) => string;
  readonly suggestions: string;
}

export const labels: Readonly<Record<Language, GlossaryLabels>> = {
  en: {
    topics: {
      oomkit: 'Words of oomkit',
      accounting: 'What memory is charged as',
      reclaim: 'Reclaim and its counters',
      writeback: 'Writing to disk',
      cgroup: 'Cgroups and their files',
      'oom-report': 'The report and its lines',
      constraints: 'Constraints',
      processes: 'Processes and how they are killed',
      'gfp-flags': 'Flags of gfp_mask',
      'node-memory': 'Memory of the node (Mem-Info)',
      kubernetes: "Kubernetes and the node's services",
    },
    units: {
      bytes: 'bytes',
      kB: 'kB (1024 bytes)',
      pages: 'pages',
      count: 'a count',
      'page-count': 'a count of pages',
      'huge-page-count': 'a count of huge pages',
      'bytes-or-kB': 'bytes in files and metrics, kB (1024 bytes) in reports',
      'pages-or-kB': 'pages in the first lines of Mem-Info, kB in its lines for nodes and zones',
      'stat-or-mem-info': 'bytes in memory.stat; in Mem-Info pages in the first lines, kB in those for nodes and zones',
      'table-or-kill-line': 'pages in the task table, kB in the kill line',
    },
    unit: 'Unit',
    aliases: 'Also called',
    seeAlso: 'See also',
    sources: 'Source',
    separator: ', ',
    unknownFlag: 'not in this glossary',
    notFound: (query) => `No term is called "${query}".`,
    suggestions: 'Did you mean:',
  },
  'zh-CN': {
    topics: {
      oomkit: 'oomkit 的用语',
      accounting: '内存计入哪一类',
      reclaim: '回收及其计数器',
      writeback: '写入磁盘',
      cgroup: 'cgroup 及其文件',
      'oom-report': '报告及其各行',
      constraints: '约束',
      processes: '进程及其如何被杀',
      'gfp-flags': 'gfp_mask 的标志',
      'node-memory': '节点的内存（Mem-Info）',
      kubernetes: 'Kubernetes 与节点服务',
    },
    units: {
      bytes: '字节',
      kB: 'kB（1024 字节）',
      pages: '页',
      count: '次数',
      'page-count': '页数（累计）',
      'huge-page-count': '大页数',
      'bytes-or-kB': '文件和指标中为字节，报告中为 kB（1024 字节）',
      'pages-or-kB': 'Mem-Info 开头几行为页，节点和 zone 的行为 kB',
      'stat-or-mem-info': 'memory.stat 中为字节；Mem-Info 开头几行为页，节点和 zone 的行为 kB',
      'table-or-kill-line': '任务表中为页，被杀一行中为 kB',
    },
    unit: '单位',
    aliases: '又称',
    seeAlso: '参见',
    sources: '出处',
    separator: '、',
    unknownFlag: '本术语表没有收录',
    notFound: (query) => `没有名为“${query}”的术语。`,
    suggestions: '是不是想找：',
  },
};

/** What joins two sentences. */
export function sentenceGap(lang: Language): string {
  return lang === 'zh-CN' ? '' : ' ';
}

/** Other names to show: Chinese ones only beside Chinese text. */
export function shownAliases(aliases: readonly string[], lang: Language): readonly string[] {
  return lang === 'zh-CN' ? aliases : aliases.filter((alias) => !/\p{Script=Han}/u.test(alias));
}
