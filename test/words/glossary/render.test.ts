import { describe, expect, it } from 'vitest';
import {
  type GlossaryStyle,
  renderGlossary,
  renderGlossaryAnswer,
  renderGlossaryList,
} from '../../../src/render/glossary/render.js';
import { displayWidth } from '../../../src/render/text/width.js';
import { type GlossaryEntry, topics } from '../../../src/words/glossary/entry.js';
import { findTerm } from '../../../src/words/glossary/find.js';

import { listTerms } from '../../../src/words/glossary/topics.js';
import { languages } from '../../../src/words/language.js';
import { catalogue } from '../../../src/words/messages/index.js';

const en: GlossaryStyle = { lang: 'en', width: 80, color: false };
const zh: GlossaryStyle = { lang: 'zh-CN', width: 80, color: false };

function term(name: string): GlossaryEntry {
  const { exact } = findTerm(name);
  if (exact === undefined) throw new Error(`no term ${name}`);
  return exact;
}

const answer = (query: string, style: GlossaryStyle) => renderGlossaryAnswer(query, findTerm(query), style);

describe('renderGlossary', () => {
  it('prints a term with its unit, other names, related terms and sources', () => {
    expect(renderGlossary(term('memory+swap'), en)).toMatchInlineSnapshot(`
      "memory+swap · What memory is charged as
        The cgroup v1 counter of memory and swap together.

        A report that prints this line comes from cgroup v1; v2 prints a line for swap
        alone. If its usage equals its limit while memory is below its own limit, this
        is the limit that was hit, and swapping out could not help.

        Unit         kB (1024 bytes)
        Also called  memsw, memory.memsw.usage_in_bytes, memory.memsw.limit_in_bytes
        See also     swap, cgroup v1, limit
        Source       Linux 6.1 Documentation/admin-guide/cgroup-v1/memory.rst; Linux
                     6.12 mm/memcontrol.c
      "
    `);
  });

  it('prints it in Chinese, wrapped between characters', () => {
    expect(renderGlossary(term('memory+swap'), { ...zh, width: 60 })).toMatchInlineSnapshot(`
      "memory+swap · 内存计入哪一类
        cgroup v1 中内存与交换合计的计数器。

        打印这一行的报告来自 cgroup v1；v2 单独打印交换的一行。如
        果它的用量等于它的上限，而 memory 一行还没到上限，那么触及
        的就是这个上限，换出也无济于事。

        单位  kB（1024 字节）
        又称  memsw、memory.memsw.usage_in_bytes、
              memory.memsw.limit_in_bytes
        参见  swap、cgroup v1、limit
        出处  Linux 6.1
              Documentation/admin-guide/cgroup-v1/memory.rst;
              Linux 6.12 mm/memcontrol.c
      "
    `);
  });

  it('shows Chinese names beside Chinese text only', () => {
    expect(renderGlossary(term('page cache'), zh)).toContain('页缓存');
    expect(renderGlossary(term('page cache'), en)).not.toMatch(/\p{Script=Han}/u);
  });

  it('leaves out what an entry does not have', () => {
    const text = renderGlossary(term('OOMKilled'), en);
    expect(text).toContain(catalogue('en')['glossary.see-also']);
    expect(text).not.toContain(`  ${catalogue('en')['glossary.unit']} `);
  });

  it('colours only when asked to', () => {
    const csi = '\u001b[';
    expect(renderGlossary(term('order'), en)).not.toContain(csi);
    expect(renderGlossary(term('order'), { ...en, color: true })).toContain(`${csi}1morder`);
  });
});

describe('renderGlossaryList', () => {
  it('has every term under its topic', () => {
    const text = renderGlossaryList(listTerms(), { ...zh, width: 100 });
    for (const topic of topics) expect(text).toContain(`${catalogue('zh-CN')[`glossary.topic.${topic}`]}\n`);
    for (const entry of listTerms()) expect(text).toContain(`  ${entry.term}`);
  });

  it('gives terms a column of their own, or on a narrow terminal a line', () => {
    const entries = [term('order'), term('nodemask')];
    expect(renderGlossaryList(entries, en)).toMatchInlineSnapshot(`
      "The report and its lines
        order     How many pages were wanted at once, as a power of two: 0 is one
                  page, 3 is eight.
        nodemask  The NUMA nodes to which a memory policy restricted the allocation;
                  (null) means no restriction.
      "
    `);
    expect(renderGlossaryList(entries, { ...en, width: 50 })).toMatchInlineSnapshot(`
      "The report and its lines
        order
          How many pages were wanted at once, as a power
          of two: 0 is one page, 3 is eight.
        nodemask
          The NUMA nodes to which a memory policy
          restricted the allocation; (null) means no
          restriction.
      "
    `);
  });

  it('is empty without entries', () => {
    expect(renderGlossaryList([], en)).toBe('');
  });
});

describe('renderGlossaryAnswer', () => {
  it('prints the term, or each term of a pasted line with unknown flags marked', () => {
    expect(answer('fail cnt', en)).toBe(renderGlossary(term('failcnt'), en));
    const text = answer('gfp_mask=0x1(GFP_NOFS|__GFP_NEW)', en);
    expect(text).toContain(renderGlossary(term('GFP_NOFS'), en));
    expect(text).toMatch(/\n\n__GFP_NEW · not in this glossary\n$/);
  });

  it('says that there is no such term, and what may have been meant', () => {
    expect(answer('workng set', en)).toMatch(/^No term is called "workng set"\.\nDid you mean:\n {2}working set /);
    expect(answer('qqqqxxxxzzzz', zh)).toBe('没有名为“qqqqxxxxzzzz”的术语。\n');
  });

  it('shows control characters of a query instead of sending them to the terminal', () => {
    expect(answer('\u001b[31mqqxx\u202e', en)).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('any term at any width', () => {
  it('keeps within the width, counting Chinese characters as two columns', () => {
    for (const lang of languages) {
      for (const width of [40, 120]) {
        const style = { lang, width, color: false };
        const text =
          renderGlossaryList(listTerms(), style) +
          listTerms()
            .map((entry) => renderGlossary(entry, style))
            .join('');
        const tooWide = text.split('\n').filter((line) => displayWidth(line) > Math.min(width, 100));
        expect(tooWide).toEqual([]);
      }
    }
  }, 60_000);
});
