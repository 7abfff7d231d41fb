import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { account } from '../../src/accounting/index.js';
import { matchKnownIssues } from '../../src/knowledge/match.js';
import { type SymptomFacts, symptomFacts } from '../../src/knowledge/symptom-facts.js';
import { KIB, MIB } from '../../src/model/index.js';
import { identifyCgroup } from '../../src/sources/cgroup/identity.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';

const FIXTURES = new URL('../fixtures/oom-logs/', import.meta.url);

function factsOf(text: string, source: string): SymptomFacts[] {
  return parseKernelLog(text, source).map((report) => {
    const limited = report.oomMemcg === undefined ? undefined : identifyCgroup(report.oomMemcg.path);
    const container = report.taskMemcg === undefined ? undefined : identifyCgroup(report.taskMemcg.path);
    return symptomFacts(report, account(report), limited, container);
  });
}

const factsOfFile = (name: string): SymptomFacts[] => factsOf(readFileSync(new URL(name, FIXTURES), 'utf8'), name);

function only(name: string): SymptomFacts {
  const [facts] = factsOfFile(name);
  if (facts === undefined) throw new Error(`no report in ${name}`);
  return facts;
}

/** What each log must be told, all its reports together. A log that is not listed must be told nothing. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  '018-dd-dirty-v1-68-mailwrapped.txt': ['mglru-flusher-wakeup', 'memcg-v1-dirty-throttling'],
  '020-dd-dirty-v1-68-testsh-killed.txt': ['mglru-flusher-wakeup', 'memcg-v1-dirty-throttling'],
  '024-syzexec-memcg-then-false-global-panic-515.txt': ['page-fault-false-oom'],
  '040-guaranteed-pause-killed-quoted.txt': ['oom-badness-pause', 'pod-limit-first'],
  '042-cc1-oomgroup-611-wrapped-dups.txt': ['thp-resident-memory'],
  '046-aks-bash-oomgroup-kubepods-limit-515.txt': ['kubelet-oom-group'],
  '052-sapcc-kmsg-constraint-lines.txt': ['pod-limit-first'],
  '054-harvester-cpukvm-qemu-53.txt': ['pod-limit-first'],
  '062-kubedirector-cp-dirty-pagecache-guaranteed-wrapped.txt': [
    'memcg-v1-dirty-throttling',
    'memory-swap-limit',
    'child-oom-unseen',
  ],
  '064-java-shmem-heavy-418-burstable-annotated.txt': ['memory-swap-limit'],
  '066-tke-cgroupfs-burstable-grep-fragment-414.txt': ['pod-limit-first'],
  '068-tidb-br-guaranteed-lost-bracket-broken-line.txt': ['pod-limit-first'],
  '070-iso-journal-memcg-dup-victim.txt': ['pod-limit-first', 'kubelet-oom-group'],
  '072-esoom-oldkernel-java-cgroupfs.txt': ['pod-limit-first'],
  '074-kmsg-gooomtest-guaranteed-line.txt': ['pod-limit-first'],
  '084-stress-guaranteed-oomgroup-already-exiting.txt': ['pod-limit-first', 'kubelet-oom-group'],
  '094-gpud-lxc-payload-nested-quoted-redacted.txt': ['pod-limit-first'],
  '102-rhel7-docker-scope-podlimit-failcnt-27m.txt': ['pod-limit-first'],
  'kernel-5.10-v1-child-killed.txt': ['child-oom-unseen'],
  'kernel-5.10-v1-fork-many.txt': ['child-oom-unseen'],
  'kernel-5.10-v1-group-kill.txt': ['child-oom-unseen'],
  'kernel-5.10-v1-pod-limit-two-containers.txt': ['pod-limit-first'],
  'kernel-5.10-v1-tmpfs-emptydir.txt': ['tmpfs-outlives-container'],
  'kernel-5.10-v2-child-killed.txt': ['child-oom-unseen'],
  'kernel-5.10-v2-fork-many.txt': ['child-oom-unseen'],
  'kernel-5.10-v2-group-kill.txt': ['kubelet-oom-group'],
  'kernel-5.10-v2-pod-limit-two-containers.txt': ['pod-limit-first'],
  'kernel-5.10-v2-tmpfs-emptydir.txt': ['tmpfs-outlives-container'],
  'seed-cdi-importer.txt': ['pod-limit-first'],
};

describe('known issues in real logs', () => {
  for (const name of readdirSync(FIXTURES).filter((file) => file.endsWith('.txt'))) {
    it(name, () => {
      const ids = factsOfFile(name).flatMap((facts) => matchKnownIssues(facts).map((match) => match.id));
      expect([...new Set(ids)]).toEqual(EXPECTED[name] ?? []);
    });
  }

  it('sees CONSTRAINT_NONE beside an oom_memcg', () => {
    const line =
      'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/foo,task_memcg=/foo,task=bash,pid=7997,uid=0';
    const ids = factsOf(`[   12.345678] ${line}\n`, 'dmesg').flatMap((facts) => matchKnownIssues(facts).map((match) => match.id));
    expect(ids).toEqual(['constraint-none-memcg']);
  });
});

describe('symptomFacts', () => {
  it('reads the dirty page cache, the counters and the file system of a writer', () => {
    expect(only('018-dd-dirty-v1-68-mailwrapped.txt')).toMatchObject({
      kernelRelease: '6.8.0-rc6+',
      kernel: { major: 6, minor: 8, patch: 0, vendorBackports: false },
      cgroupVersion: 1,
      scope: 'memcg',
      constraint: 'CONSTRAINT_MEMCG',
      limitedLevel: 'other',
      chargedBytes: 1048556 * KIB,
      limitBytes: 1048576 * KIB,
      failcnt: 153,
      dirtyBytes: 1072365568,
      writebackBytes: 0,
      fileBytes: 1072365568,
      shmemBytes: 0,
      kmemUsageBytes: 200 * KIB,
      gfpMask: '0x101c4a',
      order: 3,
      victimComm: 'dd',
      filesystemsInStack: ['xfs'],
      comms: ['dd'],
      processCount: 1,
      groupKill: false,
    });
  });

  it('sees the real file system under an overlay, and no uncertain frame', () => {
    const facts = only('104-otel-gke-dd-header-pagecache-61.txt');
    expect(facts.filesystemsInStack).toEqual(['ext4', 'ovl']);
    expect(facts.invokerStack).toContain('ext4_da_write_begin');
    expect(facts.invokerStack).not.toContain('workingset_activation');
  });

  it('leaves out what the log does not say', () => {
    const facts = only('seed-cdi-importer.txt');
    expect(facts).toMatchObject({
      cgroupVersion: 1,
      limitedLevel: 'pod',
      victimLevel: 'container',
      qosClass: 'burstable',
      failcnt: 75129,
    });
    for (const absent of [
      'kernel',
      'kernelRelease',
      'dirtyBytes',
      'shmemBytes',
      'gfpMask',
      'memorySwapLimitBytes',
      'nodeFreeBytes',
    ]) {
      expect(facts).not.toHaveProperty(absent);
    }
    expect(facts.heldByNoProcessBytes).toBe(521232 * KIB);
  });

  it('tells the oldest process from its children and passes over the sandbox', () => {
    expect(only('kernel-5.10-v2-child-killed.txt')).toMatchObject({ victimComm: 'convert', victimIsOldest: false });
    expect(only('kernel-5.10-v2-anon-single.txt').victimIsOldest).toBe(true);
    expect(only('seed-cdi-importer.txt').victimIsOldest).toBe(true);
    expect(only('084-stress-guaranteed-oomgroup-already-exiting.txt')).not.toHaveProperty('victimIsOldest');
  });

  it('sums the zones of a global report', () => {
    const facts = factsOfFile('024-syzexec-memcg-then-false-global-panic-515.txt')[1];
    expect(facts?.nodeFreeBytes).toBe((13296 + 2586964 + 6904828) * KIB);
    expect(facts?.nodeHighWatermarkBytes).toBe((96 + 17952 + 83312) * KIB);
    expect(facts?.nodeHighWatermarkBytes).toBeLessThan(100 * MIB);
  });

  it('knows both counters of cgroup v1 and the victims of a group kill', () => {
    expect(only('064-java-shmem-heavy-418-burstable-annotated.txt')).toMatchObject({
      failcnt: 0,
      memorySwapUsageBytes: 35651584 * KIB,
      memorySwapLimitBytes: 35651584 * KIB,
      memorySwapFailcnt: 24892068,
    });
    expect(only('kernel-5.10-v2-group-kill.txt')).toMatchObject({ groupKill: true, victimCount: 2, victimComm: 'main' });
  });
});
