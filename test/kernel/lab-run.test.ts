import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { processesIn } from '../../src/lab/cgroup/remove.js';
import { MIB } from '../../src/model/index.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { leftovers } from './lab/leftovers.js';
import { mountTmpfs } from './lab/mounts.js';
import { cgroupsOf, lab, PROGRAM, processesWith, startLab, until } from './lab/oomkit-lab.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp } from './lab/undo.js';

afterEach(() => {
  cleanUp();
  expect(leftovers()).toEqual([]);
});

/** A word that only the processes of one test have. */
let marks = 0;
function mark(): string {
  marks += 1;
  return `mark-${process.pid}-${marks}`;
}

async function runAsJson(...args: readonly string[]) {
  const result = await lab('run', '-o', 'json', ...args);
  expect(cgroupsOf(result.pid)).toEqual([]);
  return { ...result, run: JSON.parse(result.stdout) };
}

describe.skipIf(skipKills())('oomkit lab run', () => {
  test('has no secret of the command and of its processes in what it prints and records, and no character that hides', async () => {
    const file = join(temporaryDirectory(), 'run.json');
    // Holds most at its end, when its processes have been seen.
    const program = 'my @held; for (1 .. 6) { push @held, "a" x (2 << 20); select undef, undef, undef, 0.25 }';
    const words = ['mysql', '-pswordfish', '--token', 'hunter2', 'Zq7xK2mLv4tR8w', 'a\u202eb'];
    const command = ['perl', '-e', program, '--', ...words];
    const outputs = await Promise.all([
      lab('run', '-o', 'json', '--', ...command),
      lab('run', '-o', 'yaml', '--', ...command),
      lab('compare', '-o', 'yaml', '--rounds', '1', '--variant', 'a=swordfish', '--', ...command, '--password', '{}'),
      lab('fit', '-o', 'json', '--max-runs', '2', '--', ...command),
    ]);
    for (const { stdout } of outputs) expect(stdout).toContain('--token');
    // Alone, so that its processes are seen while they run.
    outputs.push(await lab('run', '-o', file, '--', ...command));
    const text = [...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]), readFileSync(file, 'utf8')].join('\n');
    expect(text).not.toMatch(/swordfish|hunter2|Zq7xK2mLv4tR8w/);
    expect(outputs.map(({ stdout }) => stdout).join('')).not.toContain('\u202e');
    expect(outputs[1]?.stdout).toContain('a\\u202eb');
    const recorded = JSON.parse(readFileSync(file, 'utf8'));
    const atPeak: readonly { readonly commandLine: readonly string[] }[] = recorded.recording.atPeak.processes;
    expect(atPeak.map(({ commandLine }) => commandLine)).toContainEqual(recorded.command);
    expect(recorded.command.slice(0, 6)).toEqual(['perl', '-e', program, '--', 'mysql', '-predacted']);
  });

  test('tells an OOM kill of anonymous memory, and its cause', async () => {
    const { code, run } = await runAsJson('--memory', '96Mi', '--', 'tail', '/dev/zero');
    expect(code).toBe(137);
    expect(run).toMatchObject({
      kind: 'LabRun',
      limitBytes: 96 * MIB,
      exitCode: 137,
      signal: 'SIGKILL',
      endedBy: 'oom-killer',
      oomKilled: true,
      oomKills: 1,
      killed: [{ comm: 'tail' }],
    });
    expect(run.diagnosis.causes[0].id).toBe('anon-memory');
    expect(run.limitHits).toBeGreaterThan(0);
    expect(run.peak.chargedBytes).toBe(96 * MIB);
    expect(run.peak.anonBytes).toBeGreaterThan(64 * MIB);
  });

  test('tells an OOM kill by a tmpfs, and writes a recording that diagnose reads', async () => {
    const tmpfs = mountTmpfs();
    const file = join(temporaryDirectory(), 'run.json');
    const result = await lab('run', '--memory', '64Mi', '-o', file, '--', 'dd', 'if=/dev/zero', `of=${tmpfs}/f`, 'bs=64k');
    expect(result.code).toBe(137);
    const recorded = JSON.parse(readFileSync(file, 'utf8'));
    expect(recorded.peak.shmemBytes).toBeGreaterThan(48 * MIB);
    const [node, ...program] = PROGRAM;
    const { status, stdout } = spawnSync(node, [...program, 'diagnose', file, '-o', 'json'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).items[0].causes[0].id).toBe('tmpfs');
  });

  test('starts the command inside: its own memory is charged, oomkit’s is not', async () => {
    const { run } = await runAsJson('--memory', '64Mi', '--', 'sleep', '0.3');
    expect(run.exitCode).toBe(0);
    expect(run.peak.chargedBytes).toBeLessThan(2 * MIB);
    expect(run.wallSeconds).toBeGreaterThan(0.28);
    const { stderr } = await lab('run', '--', 'sh', '-c', 'grep memory: /proc/self/cgroup >&2');
    expect(stderr).toMatch(/oomkit-lab-\d+-[0-9a-f]{8}/);
  });

  test.each([
    ['its own', ['sh', '-c', 'exit 7'], 7, { endedBy: 'exit', exitCode: 7 }],
    ['of a signal', ['sh', '-c', 'kill -TERM $$'], 143, { endedBy: 'signal', signal: 'SIGTERM' }],
    [
      'of a SIGKILL that is no OOM kill',
      ['sh', '-c', 'kill -KILL $$'],
      137,
      { endedBy: 'signal', oomKilled: false, oomKills: 0 },
    ],
    ['of a command that is not there', ['/nonexistent/oomkit-test'], 127, { notStarted: { code: 'ENOENT' } }],
    ['of a file that is no program', ['/etc/passwd'], 126, { notStarted: { code: 'EACCES' } }],
  ])('gives the exit code: %s', async (_, command, expected, shape) => {
    const { code, run } = await runAsJson('--memory', '64Mi', '--', ...command);
    expect(code).toBe(expected);
    expect(run).toMatchObject(shape);
  });

  test('a child’s kill is not the command’s', async () => {
    const { code, run } = await runAsJson('--memory', '64Mi', '--', 'sh', '-c', 'tail /dev/zero; exit 5');
    expect(code).toBe(5);
    expect(run).toMatchObject({ oomKilled: false, oomKills: 1, killed: [{ comm: 'tail' }] });
  });

  test('passes standard streams through, the report apart', async () => {
    const { stdout, stderr, code } = await lab('run', '--memory', '64Mi', '--', 'sh', '-c', 'echo to-out; echo to-err >&2');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'to-out\n' });
    expect(stderr).toMatch(/^to-err\n/);
    expect(stderr).toContain('sh ended after');
    // More than a pipe holds: a stream that Node made non-blocking would fail the command.
    const large = await lab('run', '--', 'head', '-c', '3000000', '/dev/zero');
    expect({ code: large.code, length: large.stdout.length }).toEqual({ code: 0, length: 3_000_000 });
  });

  test('passes a signal on, and kills what the command left running', async () => {
    const word = mark();
    const { child, done } = startLab(['run', '-o', 'json', '--', 'sh', '-c', 'sleep 300 & wait', word]);
    // The shell and its sleep: the launcher has become the command, and that has started its child.
    const hasBoth = (): boolean => cgroupsOf(child.pid ?? 0).some((directory) => processesIn(directory).length === 2);
    expect(await until(hasBoth)).toBe(true);
    child.kill('SIGINT');
    const { code, stdout, pid } = await done;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ signal: 'SIGINT', forwardedSignals: ['SIGINT'], strays: 1 });
    expect(cgroupsOf(pid)).toEqual([]);
    expect(processesWith(word)).toEqual([]);
  });

  test.each([0, 150, 400, 900])('killed itself after %i ms it leaves no cgroup and no process', async (milliseconds) => {
    const word = mark();
    const { child, done } = startLab(['run', '--memory', '64Mi', '--', 'sh', '-c', 'sleep 300 & sleep 300', word]);
    if (milliseconds > 0) await until(() => cgroupsOf(child.pid ?? 0).length > 0);
    await delay(milliseconds);
    child.kill('SIGKILL');
    const { pid } = await done;
    expect(await until(() => cgroupsOf(pid).length === 0 && processesWith(word).length === 0)).toBe(true);
    expect(await until(() => processesWith('lab-watchdog', `oomkit-lab-${pid}-`).length === 0)).toBe(true);
  });
});
