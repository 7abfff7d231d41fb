import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KIB, type KilledProcess, type OomReport } from '../../../src/model/index.js';
import { identifyCgroup } from '../../../src/sources/cgroup/identity.js';
import { parseKernelLog } from '../../../src/sources/kernel-log/parser.js';

/** Compares every real log with what a reader of it wrote down, field by field. */

interface TruthVictim {
  readonly pid: number;
  readonly [field: string]: number | string;
}

interface TruthIncident {
  readonly victim?: TruthVictim;
  readonly other_victims?: readonly TruthVictim[];
  readonly [field: string]: unknown;
}

const FIXTURES = new URL('../../fixtures/oom-logs/', import.meta.url);
const UNLIMITED_KB = 9007199254740988;

/** Where the text cannot tell what the reader knew from elsewhere, or was altered after it was read. */
const BEYOND_THE_TEXT: Readonly<Record<string, readonly string[]>> = {
  // Cut right behind the header: nothing says whose memory ran out.
  '028-oomtorture-53-caller-tid.txt#1': ['scope'],
  '060-photon-vmware-guest-prefix-419-tail.txt#1': ['scope'],
  '100-reportportal-uwsgi-kill-then-next-header-54.txt#1': ['scope'],
  // An e-mail-like path in the log was replaced by another.
  '038-nfsd-61-sdpam-kill-then-header.txt#0': ['task_memcg'],
};

const kb = (bytes: number | undefined): number | undefined => (bytes === undefined ? undefined : bytes / KIB);

const FIELDS: Readonly<Record<string, (report: OomReport) => unknown>> = {
  invoker: (report) => report.invokedBy?.comm,
  gfp_mask: (report) => report.invokedBy?.gfpMask,
  order: (report) => report.invokedBy?.order,
  oom_score_adj: (report) => report.invokedBy?.oomScoreAdj,
  oom_adj: (report) => report.invokedBy?.oomAdj,
  kernel: (report) => report.kernel?.release,
  scope: (report) => (report.scope === 'node' ? 'global' : report.scope),
  constraint: (report) => report.constraint?.word,
  nodemask: (report) => report.constraint?.nodemask,
  cpuset: (report) => report.constraint?.cpuset,
  global_oom: (report) => report.constraint?.globalOom,
  oom_memcg: (report) => report.oomMemcg?.path,
  task_memcg: (report) => report.taskMemcg?.path,
  usage_kb: (report) => kb(report.counters.memory?.usageBytes),
  limit_kb: (report) =>
    report.counters.memory === undefined ? undefined : (kb(report.counters.memory.limitBytes) ?? UNLIMITED_KB),
  failcnt: (report) => report.counters.memory?.failcnt,
  memsw_usage_kb: (report) => kb(report.counters.memorySwap?.usageBytes),
  kmem_usage_kb: (report) => kb(report.counters.kmem?.usageBytes),
  swap_usage_kb: (report) => kb(report.counters.swap?.usageBytes),
  stats_for: (report) => report.memcgStats[0]?.path,
  stats_path_truncated: (report) => report.memcgStats[0]?.pathTruncated,
  process_count: (report) => report.taskTable?.rows.length,
  page_size_kb: (report) => kb(report.pageSize.bytes),
  selected_pid: (report) => report.selected?.pid,
  pod_uid: (report) => identity(report).podUid,
  container_id: (report) => identity(report).containerId,
  qos: (report) => identity(report).qosClass,
  oom_group: (report) => report.groupKill !== undefined,
  oom_group_implied: (report) => report.groupKill?.implied,
  table_header_missing: (report) => report.taskTable !== undefined && report.taskTable.headerLine === undefined,
  table_truncated: (report) => report.completeness.truncatedStart || report.completeness.truncatedEnd,
};

/** Remarks of the reader for readers. */
const REMARKS: ReadonlySet<string> = new Set(['victim', 'other_victims', 'victim_from', 'note', 'outcome']);

const VICTIM_FIELDS: Readonly<Record<string, (killed: KilledProcess) => unknown>> = {
  pid: (killed) => killed.pid,
  name: (killed) => killed.comm,
  total_vm_kb: (killed) => kb(killed.totalVmBytes),
  anon_rss_kb: (killed) => kb(killed.anonRssBytes),
  file_rss_kb: (killed) => kb(killed.fileRssBytes),
  shmem_rss_kb: (killed) => kb(killed.shmemRssBytes),
  pgtables_kb: (killed) => kb(killed.pageTablesBytes),
  uid: (killed) => killed.uid,
  oom_score_adj: (killed) => killed.oomScoreAdj,
};

function identity(report: OomReport) {
  return identifyCgroup((report.taskMemcg ?? report.oomMemcg)?.path ?? '');
}

function readTruth(file: string): { readonly incidents: readonly TruthIncident[] } {
  return JSON.parse(readFileSync(new URL(`truth/${file.replace(/\.txt$/, '.json')}`, FIXTURES), 'utf8'));
}

function expectVictim(truth: TruthVictim, killed: KilledProcess | undefined): void {
  for (const [field, value] of Object.entries(truth)) {
    const read = VICTIM_FIELDS[field];
    expect(read, `no rule reads the field ${field}`).toBeDefined();
    expect(killed === undefined ? undefined : read?.(killed), `victim ${field}`).toEqual(value);
  }
}

const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.txt'));

describe('real logs against what their readers wrote down', () => {
  it('finds the logs', () => {
    expect(files.length).toBeGreaterThan(60);
  });

  it.each(files.filter((name) => !name.startsWith('kernel-')))('%s', (file) => {
    const reports = parseKernelLog(readFileSync(new URL(file, FIXTURES)), file);
    const truth = readTruth(file);
    expect(reports.length).toBe(truth.incidents.length);
    truth.incidents.forEach((incident, index) => {
      const report = reports[index];
      if (report === undefined) throw new Error(`no report ${index}`);
      const beyond = BEYOND_THE_TEXT[`${file}#${index}`] ?? [];
      for (const [field, value] of Object.entries(incident)) {
        if (REMARKS.has(field) || beyond.includes(field)) continue;
        const read = FIELDS[field];
        expect(read, `no rule reads the field ${field}`).toBeDefined();
        expect(read?.(report), `incident ${index}: ${field}`).toEqual(value);
      }
      if (incident.victim !== undefined) expectVictim(incident.victim, report.killed[0]);
      const pids = report.killed.map((killed) => killed.pid);
      for (const other of incident.other_victims ?? []) expect(pids).toContain(other.pid);
      expect(new Set(pids).size).toBe(pids.length);
    });
  });

  // The makers of these wrote one incident for each kill; we keep kills without a report of their own, and group kills, with the report.
  it.each(files.filter((name) => name.startsWith('kernel-')))('%s', (file) => {
    const reports = parseKernelLog(readFileSync(new URL(file, FIXTURES)), file);
    const truth = readTruth(file);
    const [first] = truth.incidents;
    const report = reports[0];
    if (first === undefined || report === undefined) throw new Error('no report');
    for (const [field, value] of Object.entries(first)) {
      if (REMARKS.has(field)) continue;
      expect(FIELDS[field]?.(report), field).toEqual(value);
    }
    const kills = reports.flatMap((each) => [...each.killed, ...each.followingKills]);
    for (const incident of truth.incidents) {
      if (incident.victim === undefined) continue;
      expectVictim(
        incident.victim,
        kills.find((kill) => kill.pid === incident.victim?.pid),
      );
    }
    expect(new Set(kills.map((kill) => kill.pid)).size).toBe(kills.length);
  });
});
