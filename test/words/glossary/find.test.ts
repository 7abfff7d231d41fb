import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTerm } from '../../../src/words/glossary/find.js';
import { editDistance, spellingKey } from '../../../src/words/glossary/spelling.js';

const exact = (query: string) => findTerm(query).exact?.term;
const close = (query: string) => findTerm(query).close.map(({ term }) => term);
const parts = (query: string) => findTerm(query).parts.map(({ text, entry }) => [text, entry?.term]);

describe('findTerm with one name', () => {
  it.each([
    ['failcnt', 'failcnt'],
    ['fail cnt', 'failcnt'],
    ['FAIL-CNT', 'failcnt'],
    ['WorkingSet', 'working set'],
    ['workingSetBytes', 'working set'],
    ['working_sets', 'working set'],
    ['container_memory_working_set_bytes', 'working set'],
    ['oom-score-adj', 'oom_score_adj'],
    ['OOM Killed', 'OOMKilled'],
    ['memory.limit_in_bytes', 'memory.max'],
    ['total_rss_huge', 'anon_thp'],
    ['isolated(anon)', 'isolated'],
    ['ＰＳＩ', 'PSI'],
    ['页缓存', 'page cache'],
  ])('%s is %s', (query, term) => {
    expect(exact(query)).toBe(term);
  });

  it('tells flags of the same letters apart, and finds a modifier without its underscores', () => {
    expect(exact('GFP_ATOMIC')).toBe('GFP_ATOMIC');
    expect(exact('__GFP_ATOMIC')).toBe('__GFP_ATOMIC');
    expect(exact('gfp_write')).toBe('__GFP_WRITE');
  });

  it('tells the counter oom_kill from the line oom-kill', () => {
    expect(exact('oom_kill')).toBe('oom_kill');
    expect(exact('oom-kill')).toBe('oom-kill');
  });

  it('reads the letters after a free block in the order of every kernel, and only those', () => {
    expect(['UME', 'UEM', 'UEMRC', 'C', 'MHI'].map(exact)).toEqual(Array(5).fill('migrate type'));
    expect(exact('CRI')).toBeUndefined();
  });

  it('suggests what was probably meant', () => {
    expect(close('workng set')[0]).toBe('working set');
    expect(close('oom_scroe_adj')[0]).toBe('oom_score_adj');
    expect(close('fialcnt')[0]).toBe('failcnt');
    expect(close('__GFP_WRIT')[0]).toBe('__GFP_WRITE');
    expect(close('lru gen enabled')).toContain('MGLRU');
  });

  it('suggests at most five, and nothing when an answer was found or the name is like none', () => {
    expect(close('memory.')).toHaveLength(5);
    expect(close('failcnt')).toEqual([]);
    expect(close('qqqqxxxxzzzz')).toEqual([]);
    expect(close('')).toEqual([]);
  });
});

describe('findTerm with a piece of log', () => {
  it('explains each flag of a gfp_mask', () => {
    expect(parts('gfp_mask=0x101c4a(GFP_NOFS|__GFP_WRITE)')).toEqual([
      ['gfp_mask', 'gfp_mask'],
      ['GFP_NOFS', 'GFP_NOFS'],
      ['__GFP_WRITE', '__GFP_WRITE'],
    ]);
    expect(parts('GFP_HIGHUSER_MOVABLE|__GFP_ZERO').map(([text]) => text)).toEqual(['GFP_HIGHUSER_MOVABLE', '__GFP_ZERO']);
  });

  it('keeps a flag it does not know, without an explanation', () => {
    expect(parts('(GFP_KERNEL|__GFP_BRAND_NEW)')).toEqual([
      ['GFP_KERNEL', 'GFP_KERNEL'],
      ['__GFP_BRAND_NEW', undefined],
    ]);
  });

  it('explains the fields of the oom-kill line, and not the values that happen to be words', () => {
    const line =
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0-1,oom_memcg=/kubepods,task_memcg=/kubepods/burstable,task=node,pid=18524,uid=0';
    expect(parts(line).map(([, term]) => term)).toEqual([
      'oom-kill',
      'constraint',
      'CONSTRAINT_MEMCG',
      'nodemask',
      'cpuset',
      'mems_allowed',
      'oom_memcg',
      'task_memcg',
      'comm',
      'pid',
      'uid',
    ]);
  });

  it('explains a kill line and names of several words in it', () => {
    const line =
      'Memory cgroup out of memory: Killed process 18524 (cdi-importer) total-vm:2701352kB, anon-rss:23032kB, file-rss:0kB';
    expect(parts(line).map(([, term]) => term)).toEqual(['memcg OOM', 'Killed process', 'total_vm', 'rss_anon', 'rss_file']);
  });

  it('explains the fields of a zone line and of a buddy list', () => {
    const zone = 'Node 0 DMA32 free:46236kB min:46620kB isolated(anon):0kB lowmem_reserve[]: 0 1438';
    expect(parts(zone).map(([, term]) => term)).toEqual([
      'NUMA node',
      'ZONE_DMA',
      'free',
      'min watermark',
      'isolated',
      'lowmem_reserve',
    ]);
    expect(parts('Node 0 Normal: 40*4kB (UE) 96*8kB (UME)').map(([, term]) => term)).toEqual([
      'NUMA node',
      'ZONE_NORMAL',
      'migrate type',
    ]);
  });

  it('explains a phrase of many words', () => {
    const line = 'Tasks in /kubepods/pod1 are going to be killed due to memory.oom.group set, oom_score_adj=1';
    expect(parts(line).map(([, term]) => term)).toEqual(['group kill', 'oom_score_adj']);
  });

  it('explains the columns of a task table', () => {
    const line = '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name';
    expect(parts(line).map(([, term]) => term)).toEqual([
      'pid',
      'uid',
      'tgid',
      'total_vm',
      'RSS',
      'pgtables_bytes',
      'swapents',
      'oom_score_adj',
      'comm',
    ]);
  });

  it('takes a line with a single term in it for that term', () => {
    expect(exact('failcnt 75129')).toBe('failcnt');
    expect(exact('oom_score_adj=999')).toBe('oom_score_adj');
  });
});

describe('findTerm with anything', () => {
  it('answers, and suggests nothing beside a hit', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 80 })), (query) => {
        const { exact: entry, parts: found, close: meant } = findTerm(query);
        expect(meant.length).toBeLessThanOrEqual(5);
        if (entry !== undefined || found.length > 0) expect(meant).toEqual([]);
      }),
    );
  }, 60_000);

  it('looks at the beginning of an endless line only', () => {
    const endless = `failcnt=1,${'x'.repeat(5000)},pid=1`;
    expect(exact(endless)).toBe('failcnt');
    expect(findTerm('a'.repeat(100_000))).toEqual({ parts: [], close: [] });
  });
});

describe('spellings', () => {
  it('compares names without case, blanks, underscores and hyphens', () => {
    expect(spellingKey(' Fail_Cnt-')).toBe('failcnt');
    expect(spellingKey('__GFP_IO')).toBe('__gfpio');
  });

  it('counts edits, a swap of neighbours as one, up to a most', () => {
    expect(editDistance('failcnt', 'failcnt', 2)).toBe(0);
    expect(editDistance('falicnt', 'failcnt', 2)).toBe(1);
    expect(editDistance('fallcn', 'failcnt', 2)).toBe(2);
    expect(editDistance('abcdef', 'ghijkl', 2)).toBe(Number.POSITIVE_INFINITY);
    expect(editDistance('a', 'abcd', 2)).toBe(Number.POSITIVE_INFINITY);
  });
});
