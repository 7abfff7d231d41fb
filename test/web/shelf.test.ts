import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Answers, Question, Told } from '../../web/worker/protocol.js';
import { Shelf } from '../../web/worker/shelf.js';
import { fixtures } from './fixtures.js';

const PROFILE = new URL('../fixtures/heap/pprof/prometheus-after.pb.gz', import.meta.url);

/** A shelf that is asked one question after the other, and all that it told. */
function shelf(): {
  ask<Kind extends keyof Answers>(question: Extract<Question, { kind: Kind }>): Promise<Answers[Kind]>;
  told: Told[];
} {
  const told: Told[] = [];
  const asked = new Shelf((more) => told.push(more));
  let id = 0;
  return {
    told,
    ask: async <Kind extends keyof Answers>(question: Extract<Question, { kind: Kind }>) => {
      id += 1;
      await asked.ask({ ...question, id });
      const answer = told.at(-1);
      if (answer?.kind === 'failed') throw new Error(answer.detail);
      if (answer?.kind !== 'answer' || answer.id !== id) throw new Error('no answer');
      return answer.answer as Answers[Kind];
    },
  };
}

const files = fixtures().map(([name, log]) => new File([log as Uint8Array<ArrayBuffer>], name));

describe('the shelf', () => {
  it('tells summaries in portions before it answers, each knowing the first of its story', async () => {
    const { ask, told } = shelf();
    const { incidents } = await ask({
      kind: 'open-files',
      files: [...files, ...files.map((file) => new File([file], `copy ${file.name}`))],
    });
    const portions = told.flatMap((more) => (more.kind === 'incidents' ? [more.portion] : []));
    const all = portions.flat();
    expect(all).toHaveLength(incidents);
    expect(all.map(({ index }) => index)).toEqual(all.map((_, index) => index));
    expect(all.every(({ group, index }) => group <= index && all[group]?.group === group)).toBe(true);
    expect(all.some(({ group, index }) => group < index)).toBe(true);
  });

  it('tells how far it has read each file', async () => {
    const { ask, told } = shelf();
    await ask({
      kind: 'open-files',
      files: [new File(Array<string>(8).fill(`${'x'.repeat(63)}\n`.repeat(50_000)), 'large.log')],
    });
    const shares = told.flatMap((more) => (more.kind === 'progress' && more.name === 'large.log' ? [more.share] : []));
    expect(shares.some((share) => share > 0 && share < 1)).toBe(true);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('keeps what it has when more is opened, and gives incidents by their place', async () => {
    const { ask } = shelf();
    const [[firstName, first] = ['', new Uint8Array()], [, second] = ['', new Uint8Array()]] = fixtures();
    const before = await ask({ kind: 'open-text', name: firstName, text: new TextDecoder().decode(first) });
    const after = await ask({ kind: 'open-text', name: 'second', text: new TextDecoder().decode(second) });
    expect(after.incidents).toBeGreaterThan(before.incidents);
    expect((await ask({ kind: 'incident', index: 0 })).diagnosis.incident.report.source).toBe(firstName);
    expect((await ask({ kind: 'incident', index: before.incidents })).diagnosis.incident.report.source).toBe('second');
    expect((await ask({ kind: 'clear' })).incidents).toBe(0);
    await expect(ask({ kind: 'incident', index: 0 })).rejects.toThrow('no incident 0');
  });

  it('tells a kill once that is opened again under another name', async () => {
    const { ask } = shelf();
    const [[, log] = ['', new Uint8Array()]] = fixtures();
    const text = new TextDecoder().decode(log);
    const before = await ask({ kind: 'open-text', name: 'kern.log', text });
    const after = await ask({ kind: 'open-text', name: 'syslog', text });
    expect(after.incidents).toBe(before.incidents);
    expect(after.warnings.map(({ key }) => key)).toEqual(['found.copies']);
  });

  it('forgets what had nothing in it once something else is opened', async () => {
    const { ask } = shelf();
    const [[name, log] = ['', new Uint8Array()]] = fixtures();
    const before = await ask({ kind: 'open-text', name: 'empty.log', text: 'all is well' });
    expect(before.warnings.map(({ key }) => key)).toEqual(['found.nothing']);
    expect((await ask({ kind: 'open-text', name, text: new TextDecoder().decode(log) })).warnings).toEqual([]);
  });

  it('shows a heap profile by another count and in another order', async () => {
    const { ask } = shelf();
    const { heaps } = await ask({ kind: 'open-files', files: [new File([readFileSync(PROFILE)], 'heap.pb.gz')] });
    expect(heaps).toMatchObject([{ index: 0, source: 'heap.pb.gz' }]);
    const usual = await ask({ kind: 'heap', index: 0 });
    expect(usual.sampleTypes).toEqual(['alloc_objects', 'alloc_space', 'inuse_objects', 'inuse_space']);
    const other = await ask({ kind: 'heap', index: 0, sampleType: 'alloc_space', sort: 'cum' });
    const topOf = ({ findings: { contents } }: typeof usual) => (contents.format === 'pprof' ? contents.top.rows : []);
    const cumulated = topOf(other).map(({ cum }) => cum);
    expect(cumulated).toEqual([...cumulated].sort((a, b) => b - a));
    expect(other.flame?.value).toBeGreaterThan(usual.flame?.value ?? Number.POSITIVE_INFINITY);
  });
});
