import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, oomkit, programPath } from './built-program.js';

beforeAll(buildProgram);

/** Live memory needs a machine with memory cgroups. */
const noCgroups = !existsSync('/sys/fs/cgroup/memory/memory.stat') && !existsSync('/sys/fs/cgroup/cgroup.controllers');

describe.skipIf(noCgroups)('inspect', () => {
  it('shows the cgroup it runs in', () => {
    const { status, stdout, stderr } = oomkit(['inspect', 'self']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/working set +\d/);
    expect(stdout).toMatch(/ \d+ +\d+ +\d+ .*node/);
    expect(stdout).not.toContain('\x1b');
  });

  it('prints the same cgroup as JSON for a pid, in the language asked for', () => {
    const { status, stdout } = oomkit(['inspect', String(process.pid), '-o', 'json', '--lang', 'zh-CN']);
    expect(status).toBe(0);
    const item = JSON.parse(stdout);
    expect(item).toMatchObject({ kind: 'Inspection', target: { query: String(process.pid) } });
    expect(item.processes.map(({ pid }: { pid: number }) => pid)).toContain(process.pid);
    expect(item.verdict.statement).toMatch(/\p{Script=Han}/u);
  });

  it.each(['/no/such.slice', 'feedbeeffeed', '3999999999'])('says in one line that %s is not there', (target) => {
    const { status, stdout, stderr } = oomkit(['inspect', target]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^oomkit: nothing here is [^\n]+\n$/);
    expect(stderr).toContain(target);
  });

  it('needs a target', () => {
    const { status, stderr } = oomkit(['inspect']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^oomkit: missing required argument 'target'; see 'oomkit inspect --help'\n$/);
  });
});

describe.skipIf(noCgroups)('top', () => {
  it('lists every cgroup, the largest first', () => {
    const { status, stdout } = oomkit(['top', '--all', '--sort-by', 'usage', '-o', 'json']);
    expect(status).toBe(0);
    const usages = JSON.parse(stdout).items.map(({ usage }: { usage: { usageBytes: number } }) => usage.usageBytes);
    expect(usages.length).toBeGreaterThan(0);
    expect(usages).toEqual([...usages].sort((a, b) => b - a));
  });

  it('has a header like kubectl', () => {
    expect(oomkit(['top', '--all']).stdout).toMatch(/^NAME +MEMORY +/);
  });

  it('watches until it is interrupted, and ends quietly', async () => {
    const child = spawn(process.execPath, [programPath, 'top', '--all', '-w'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child.stdout, 'data');
    child.stdout.resume();
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    [['top', '-w', '-o', 'json'], /--watch draws a table/],
    [['top', '--sort-by', 'colour'], /'colour' is invalid/],
  ])('%j', (args, text) => {
    const { status, stderr } = oomkit(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(text);
  });
});
