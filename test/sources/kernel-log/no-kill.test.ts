import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OomReport } from '../../../src/model/index.js';
import { parseKernelLog } from '../../../src/sources/kernel-log/parser.js';

/** Logs in which nothing was killed: reports of other parts of the kernel, and programs and people who quote its words. */

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const NODE = read('kernel-made/6.1-v2-node-memory.log');
const MEMCG = read('kernel-made/6.1-v2-anon-single.log');

const lines = (text: string): string[] => text.trimEnd().split('\n');

/** The part of a log from the line that holds one text to the line before another. */
function part(text: string, from: string, to: string): string[] {
  const all = lines(text);
  return all.slice(
    all.findIndex((line) => line.includes(from)),
    all.findIndex((line) => line.includes(to)),
  );
}

/** What a failed allocation prints: a real call trace and a real Mem-Info behind the kernel's first line. */
const FAILURE = [
  '[   21.509357] kworker/0:1: page allocation failure: order:4, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), nodemask=(null),cpuset=/,mems_allowed=0',
  '[   21.510169] CPU: 0 PID: 12 Comm: kworker/0:1 Not tainted 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2',
  ...part(NODE, 'Call Trace:', 'Tasks state'),
];

describe('a log without a kill has no report', () => {
  const names = readdirSync(new URL('no-kill/', FIXTURES));

  it('has logs to try', () => {
    expect(names.length).toBeGreaterThan(8);
  });

  it.each(names)('%s', (name) => {
    expect(parseKernelLog(read(`no-kill/${name}`), name)).toEqual([]);
  });

  it('a whole Mem-Info behind a failed allocation', () => {
    expect(parseKernelLog(FAILURE.join('\n'), 'test')).toEqual([]);
  });

  it('a whole Mem-Info that nobody introduces', () => {
    expect(parseKernelLog(part(NODE, 'Mem-Info:', 'Tasks state').join('\n'), 'test')).toEqual([]);
  });

  it('far into a large file', () => {
    const noise = 'Mar 13 11:16:48 node1 kubelet[1]: "SyncLoop" pod="default/web"\n'.repeat(20_000);
    expect(parseKernelLog(`${noise}${FAILURE.join('\n')}\n${noise}`, 'test')).toEqual([]);
  });
});

describe('a report near one that is none of the OOM killer', () => {
  /** What was read, without where it stood. */
  function essence(report: OomReport | undefined) {
    const { free, active_anon } = report?.memInfo?.totals ?? {};
    return {
      scope: report?.scope,
      stack: report?.stack.map(({ symbol }) => symbol),
      tasks: report?.taskTable?.rows.map(({ pid, rssBytes }) => [pid, rssBytes]),
      victims: report?.killed.map(({ pid }) => pid),
      usage: report?.counters.memory?.usageBytes,
      memInfo: [free?.value, active_anon?.value, report?.memInfo?.zones.length],
      missing: report?.completeness.missing,
    };
  }

  const DOUBLED = FAILURE.map((line) => line.replace(/active_anon:811|free:9464/g, (found) => `${found}0`));

  it.each([
    ['of a memory cgroup', MEMCG],
    ['of the node', NODE],
  ])('keeps its own lines alone, %s', (_name, text) => {
    const [alone] = parseKernelLog(text, 'test');
    const stamped = lines(text);
    const stamp = /^\[ *[\d.]+\]/.exec(stamped.at(-1) ?? '')?.[0] ?? '';
    const failure = DOUBLED.map((line) => line.replace(/^\[ *[\d.]+\]/, stamp));
    for (const mixed of [
      [...failure, ...stamped],
      [...stamped, ...failure],
    ]) {
      const reports = parseKernelLog(mixed.join('\n'), 'test');
      expect(reports.map(essence)).toEqual([essence(alone)]);
    }
  });

  it.each([
    ['of a memory cgroup', MEMCG],
    ['of the node', NODE],
  ])('keeps its own lines alone, %s, while another CPU reports a failure', (_name, text) => {
    const dressed = (from: readonly string[], caller: string): string[] =>
      from.map((line) => line.replace(/^\[ *[\d.]+\]/, `[   21.520000][ ${caller}]`));
    const report = dressed(lines(text), 'T163');
    const failure = dressed(DOUBLED, 'T12');
    for (const anchor of ['dump_header', 'Tasks state', 'pid  ]']) {
      const at = report.findIndex((line) => line.includes(anchor));
      const mixed = [...report.slice(0, at), ...failure, ...report.slice(at)];
      expect(parseKernelLog(mixed.join('\n'), 'test').map(essence)).toEqual(parseKernelLog(text, 'test').map(essence));
    }
  });

  it('is not found in the Mem-Info of a failed allocation and the kill of a cgroup behind it', () => {
    const kill = lines(MEMCG).find((line) => line.includes('Killed process'));
    const [report, ...others] = parseKernelLog([...FAILURE, kill].join('\n'), 'test');
    expect(others).toEqual([]);
    expect(report).toMatchObject({ scope: 'memcg', killed: [{ from: 'killed' }] });
    expect(report?.memInfo).toBeUndefined();
  });
});

describe('the scope is told by a line, or not at all', () => {
  const scopes = (text: string): string[] => parseKernelLog(text, 'test').map(({ scope }) => scope);
  const SIZES = 'total-vm:1043408kB, anon-rss:514000kB, file-rss:34000kB, shmem-rss:0kB';

  it.each([
    ['a bare kill line, whose scope stood on the line before', `[    1.000000] Killed process 2625 (node) ${SIZES}`],
    ['no killable process', '[    1.000000] Out of memory and no killable processes...'],
    ['words of another program', `May  9 12:00:00 node1 myapp[12]: Out of memory: Killed process 4711 (java) ${SIZES}`],
    ['words in a sentence', `alice: we got Out of memory: Killed process 4711 (java) ${SIZES} again`],
    [
      'a summary in a sentence',
      'bob: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=java,pid=1,uid=0',
    ],
  ])('%s', (_name, text) => {
    expect(scopes(text)).toEqual(['unknown']);
  });

  it.each([
    ['the kernel says so', `[    1.000000] Out of memory: Killed process 4711 (java) ${SIZES}`],
    [
      'the kernel says so on the line before',
      `[    1.000000] Out of memory: Kill process 4711 (java) score 9 or sacrifice child\n[    1.000001] Killed process 4711 (java) ${SIZES}`,
    ],
    [
      'node-problem-detector hands it on',
      `Warning  OOMKilling  28m  kernel-monitor  Out of memory: Killed process 4711 (java) ${SIZES}`,
    ],
    [
      'the prefix is unknown, but a second line agrees',
      `x1> oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=java,pid=4711,uid=0\nx1> Out of memory: Killed process 4711 (java) ${SIZES}`,
    ],
  ])('node: %s', (_name, text) => {
    expect(scopes(text)).toEqual(['node']);
  });

  it.each(['`', '.', '"', '...', ' (cgroup memory limit hit)'])('memcg: the word of the constraint ends at %j', (behind) => {
    const text = `oom-kill:constraint=CONSTRAINT_MEMCG${behind}\nKilled process 106738 (prometheus) ${SIZES}`;
    const [report] = parseKernelLog(text, 'test');
    expect(report).toMatchObject({ scope: 'memcg', scopeLine: 1, constraint: { word: 'CONSTRAINT_MEMCG' } });
  });

  it('names the line that tells it', () => {
    const [report] = parseKernelLog(NODE, 'test');
    expect(lines(NODE)[(report?.scopeLine ?? 0) - 1]).toContain('global_oom');
    const untilTable = lines(NODE).slice(
      0,
      lines(NODE).findIndex((line) => line.includes('Tasks state')),
    );
    const [cut] = parseKernelLog(untilTable.join('\n'), 'test');
    expect(cut?.scope).toBe('node');
    expect(untilTable[(cut?.scopeLine ?? 0) - 1]).toContain('__alloc_pages_slowpath');
  });

  it('is not that of the allocator through which a charge of kernel memory came', () => {
    const trace = [
      'out_of_memory+0x1/0x2',
      'mem_cgroup_out_of_memory+0x1/0x2',
      'try_charge_memcg+0x1/0x2',
      '__memcg_kmem_charge_page+0x1/0x2',
      '__alloc_pages+0x1/0x2',
    ];
    const text = ['app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0', 'Call Trace:'];
    expect(scopes([...text, ...trace].join('\n'))).toEqual(['memcg']);
    expect(scopes([...text, ...trace.slice(3)].join('\n'))).toEqual(['unknown']);
  });
});
