import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import type { Cause, CauseId, Diagnosis } from '../../src/model/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';

const read = (name: string): string => readFileSync(new URL(`../fixtures/oom-logs/${name}`, import.meta.url), 'utf8');

function first(text: string): Diagnosis {
  const [report] = parseKernelLog(text, 'log');
  if (report === undefined) throw new Error('no report');
  return diagnose(toIncident(report));
}

const cause = (diagnosis: Diagnosis, id: CauseId): Cause | undefined => diagnosis.causes.find((candidate) => candidate.id === id);
const keys = (citations: readonly { readonly statement: { readonly key: string } }[] | undefined): string[] =>
  (citations ?? []).map((citation) => citation.statement.key);

describe('the seed incident', () => {
  const diagnosis = first(read('seed-cdi-importer.txt'));

  it('is page cache being written, held by no process, with the converter as a witness', () => {
    const verdict = diagnosis.causes[0];
    expect(verdict?.id).toBe('page-cache-writeback');
    expect(keys(verdict?.because)).toEqual(
      expect.arrayContaining([
        'evidence.held-by-no-process',
        'evidence.file-writer',
        'evidence.failcnt',
        'evidence.v1-no-dirty-throttling',
      ]),
    );
    expect(verdict?.because.find((each) => each.statement.key === 'evidence.file-writer')).toMatchObject({
      statement: { params: { comm: { value: 'qemu-img' } } },
      from: [{ source: 'log', line: 9 }],
    });
  });

  it('is likely and not sure: the statistics are missing', () => {
    expect(diagnosis.causes[0]?.confidence).toBeGreaterThan(0.6);
    expect(diagnosis.causes[0]?.confidence).toBeLessThan(0.9);
    expect(keys(diagnosis.causes[0]?.against)).toContain('against.statistics-missing');
  });

  it('names tmpfs as the rival and the command that would tell them apart', () => {
    expect(cause(diagnosis, 'tmpfs')).toBeDefined();
    expect(keys(diagnosis.causes[0]?.against)).toContain('against.tmpfs-looks-the-same');
    expect(
      diagnosis.causes[0]?.advice.find((advice) => advice.action.key === 'advice.tell-cache-from-tmpfs')?.snippet?.text,
    ).toContain('memory.stat');
  });

  it('advises what cured it', () => {
    expect(diagnosis.causes[0]?.advice.some((advice) => advice.snippet?.text.includes('qemu-img convert -t none'))).toBe(true);
  });

  it("does not blame a sibling for the pod's limit", () => {
    expect(cause(diagnosis, 'ancestor-limit')?.confidence).toBeLessThan(0.5);
  });
});

describe('page cache', () => {
  const dirty = read('020-dd-dirty-v1-68-testsh-killed.txt');
  const clean = dirty.replace(/(total_)?dirty 1072300032/g, '$1dirty 0');

  it('that is dirty is a cause, whoever was killed', () => {
    const diagnosis = first(dirty);
    expect(diagnosis.causes[0]).toMatchObject({ id: 'page-cache-writeback' });
    expect(diagnosis.causes[0]?.confidence).toBeGreaterThan(0.9);
    expect(keys(diagnosis.causes[0]?.because)).toContain('evidence.buffered-write');
  });

  it('that is clean is none, and the report says why', () => {
    const diagnosis = first(clean);
    expect(clean).not.toBe(dirty);
    expect(cause(diagnosis, 'page-cache-writeback')).toBeUndefined();
    expect(diagnosis.causes[0]?.id).toBe('insufficient-evidence');
    expect(diagnosis.warnings.map((warning) => warning.key)).toContain('warning.clean-cache');
  });

  it('that is clean but locked is one after all', () => {
    const diagnosis = first(read('kernel-5.10-v2-mlock-file.txt'));
    expect(diagnosis.causes[0]?.id).toBe('mlocked');
    expect(diagnosis.warnings.map((warning) => warning.key)).not.toContain('warning.clean-cache');
  });
});

describe('whose limit', () => {
  it("is the pod's when two programs share it", () => {
    expect(first(read('kernel-5.10-v1-pod-limit-two-containers.txt')).causes[0]?.id).toBe('ancestor-limit');
  });

  it("is not an ancestor's when one process holds it all, though a page of the sandbox was the victim", () => {
    const diagnosis = first(read('040-guaranteed-pause-killed-quoted.txt'));
    expect(diagnosis.causes[0]).toMatchObject({ id: 'anon-memory', title: { params: { comm: { value: 'data_sim' } } } });
    expect(cause(diagnosis, 'ancestor-limit')?.confidence).toBeLessThan(0.5);
  });

  it("is the node's allocatable when kubepods was at its limit", () => {
    expect(first(read('048-aks-stress-constraint-kill-only.txt')).causes[0]).toMatchObject({
      id: 'ancestor-limit',
      title: { key: 'cause.ancestor-limit.title-kubepods' },
    });
  });

  it('may be memory+swap while memory is below its own', () => {
    const diagnosis = first(read('064-java-shmem-heavy-418-burstable-annotated.txt'));
    expect(diagnosis.causes[0]?.id).toBe('tmpfs');
    expect(cause(diagnosis, 'swap-exhausted')).toBeDefined();
    expect(diagnosis.warnings.map((warning) => warning.key)).toContain('warning.memsw-limit-hit');
  });

  it("is nobody's when a BPF policy killed in a cgroup without a limit", () => {
    expect(first(read('022-bpf-constraint-616.txt')).causes[0]?.id).toBe('allocation-constraint');
  });
});

describe('node scope', () => {
  it.each([
    ['012-cpuset-movable-node-58-quoted.txt', 'allocation-constraint'],
    ['080-memory-policy-extra-nrss-column.txt', 'allocation-constraint'],
    ['078-stressng-global-611.txt', 'node-memory'],
  ])('%s is %s', (name, id) => {
    expect(first(read(name)).causes[0]?.id).toBe(id);
  });

  it('distrusts a global report without an allocation while memory is free', () => {
    const [, echo] = parseKernelLog(read('024-syzexec-memcg-then-false-global-panic-515.txt'), 'log');
    if (echo === undefined) throw new Error('no second report');
    const diagnosis = diagnose(toIncident(echo));
    expect(diagnosis.causes[0]?.id).toBe('insufficient-evidence');
    expect(diagnosis.warnings.map((warning) => warning.key)).toContain('warning.false-global-oom');
  });

  it('knows a kill by hand from one by need', () => {
    const byHand = read('078-stressng-global-611.txt').replace('order=0', 'order=-1');
    expect(first(byHand).causes[0]?.id).toBe('not-oom');
    expect(cause(first(byHand), 'node-memory')).toBeUndefined();
  });
});

describe('not sure is an answer', () => {
  it.each([
    '102-rhel7-docker-scope-podlimit-failcnt-27m.txt',
    '092-openj9-spacename-header-44.txt',
    'kernel-5.10-v1-pipe-buffers.txt',
    '088-talos-table-fragment-swap.txt',
  ])('%s', (name) => {
    const diagnosis = first(read(name));
    expect(diagnosis.causes[0]?.id).toBe('insufficient-evidence');
    expect(diagnosis.causes[0]?.because.length).toBeGreaterThan(1);
    expect(diagnosis.causes[0]?.advice.length).toBeGreaterThan(0);
  });

  it('page tables larger than everything else are said even from a kill line alone', () => {
    const diagnosis = first(read('kernel-5.10-v2-page-tables.txt'));
    expect(diagnosis.causes[0]).toMatchObject({ id: 'kernel-memory', title: { key: 'cause.kernel-memory.title.page-tables' } });
  });
});

describe('joint causes', () => {
  it('stand side by side', () => {
    const ids = first(read('kernel-5.10-v2-anon-plus-tmpfs.txt'))
      .causes.filter((each) => each.confidence > 0.7)
      .map((each) => each.id);
    expect(ids.sort()).toEqual(['anon-memory', 'tmpfs']);
  });

  it("a child's death is told beside what filled the memory", () => {
    const diagnosis = first(read('kernel-5.10-v1-child-killed.txt'));
    expect(diagnosis.causes[0]?.id).toBe('anon-memory');
    expect(keys(cause(diagnosis, 'child-process-killed')?.because)).toContain('evidence.not-first-process');
    expect(cause(first(read('kernel-5.10-v2-group-kill.txt')), 'child-process-killed')).toBeUndefined();
  });
});
