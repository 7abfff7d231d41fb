import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram, oomkit, programPath } from './built-program.js';

const seed = 'test/fixtures/oom-logs/seed-cdi-importer.txt';
const seedText = readFileSync(seed, 'utf8');
const podUid = '6b212546-f5dd-4fdf-bcc7-72a686638102';
const containerId = 'ea887b1c9c5c8e734ac798fedd2bf5d39c0b7ce5ad961027dfc1ca138a23a2e8';

beforeAll(buildProgram);

/** One line on standard error, and nothing on standard output. */
function expectOneLine({ stdout, stderr }: { stdout: string; stderr: string }, text: string | RegExp): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^oomkit: [^\n]+\n$/);
  expect(stderr).toMatch(text);
}

describe('diagnose', () => {
  it('prints a diagnosis and exits with 0', () => {
    const { status, stdout, stderr } = oomkit(['diagnose', seed]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('cdi-importer');
    expect(stdout).toContain('572.2 MiB');
    expect(stdout).not.toContain('\x1b');
    for (const line of stdout.split('\n')) if (!line.includes('kubectl')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('prints JSON whose warnings repeat what was said on standard error', () => {
    const { status, stdout, stderr } = oomkit(['diagnose', seed, 'absent.log', '-o', 'json']);
    expect(status).toBe(4);
    expect(stderr).toBe('oomkit: absent.log: no such file or directory\n');
    const list = JSON.parse(stdout);
    expect(list).toMatchObject({ apiVersion: 'oomkit.dev/v1alpha1', kind: 'DiagnosisList' });
    expect(list.items).toHaveLength(1);
    expect(list.warnings).toMatchObject([{ key: 'read.error.not-found', statement: 'absent.log: no such file or directory' }]);
  });

  it('prints an empty list as JSON when there is nothing to diagnose', () => {
    const { status, stdout } = oomkit(['diagnose', '-', '-o', 'json'], { input: 'all is well\n' });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).items).toEqual([]);
  });

  it('prints markdown under both of its names', () => {
    const long = oomkit(['diagnose', seed, '-o', 'markdown']);
    expect(long.stdout).toMatch(/^#/m);
    expect(oomkit(['diagnose', seed, '-o', 'md']).stdout).toBe(long.stdout);
  });

  it('adds the task table to the wide report', () => {
    const wide = oomkit(['diagnose', seed, '-o', 'wide']).stdout;
    expect(wide.length).toBeGreaterThan(oomkit(['diagnose', seed]).stdout.length);
    expect(wide).toContain('pause');
  });

  it('reads standard input, compressed or not', () => {
    const plain = oomkit(['diagnose', '-', '-o', 'json'], { input: seedText });
    expect(JSON.parse(plain.stdout).items).toHaveLength(1);
    expect(oomkit(['diagnose', '-', '-o', 'json'], { input: gzipSync(seedText) }).stdout).toBe(plain.stdout);
  });

  it.each(['diagnose', 'reports'])('%s reads a named pipe, and its writer writes to the end', async (command) => {
    const directory = temporaryDirectory();
    const [path, log] = [join(directory, 'pipe'), join(directory, 'kern.log')];
    execFileSync('mkfifo', [path]);
    // More than a pipe holds: it is written while it is read.
    writeFileSync(log, seedText + '[1.0] usb 1-1: new device\n'.repeat(10_000));
    const children = [
      spawn('sh', ['-c', 'exec cat "$1" > "$0"', path, log]),
      spawn(process.execPath, [programPath, command, path], { env: { PATH: process.env.PATH, LC_ALL: 'C' } }),
    ] as const;
    onTestFinished(() => children.forEach((child) => void child.kill('SIGKILL')));
    let output = '';
    children[1].stdout.on('data', (chunk) => {
      output += chunk;
    });
    const ends = await Promise.all(children.map((child) => once(child, 'close')));
    expect(ends).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(output).toContain('cdi-importer');
  });

  it('speaks the language of the locale, and of --lang', () => {
    const chinese = oomkit(['diagnose', seed, '--lang', 'zh-CN']).stdout;
    expect(chinese).toMatch(/\p{Script=Han}/u);
    expect(oomkit(['diagnose', seed], { env: { LC_ALL: 'zh_CN.UTF-8' } }).stdout).toBe(chinese);
    expect(oomkit(['diagnose', 'absent'], { env: { LC_ALL: 'zh_CN.UTF-8' } }).stderr).toMatch(/\p{Script=Han}/u);
  });

  it('colours when forced and not with --no-color', () => {
    expect(oomkit(['diagnose', seed], { env: { FORCE_COLOR: '1' } }).stdout).toContain('\x1b[');
    expect(oomkit(['diagnose', seed, '--no-color'], { env: { FORCE_COLOR: '1' } }).stdout).not.toContain('\x1b');
  });

  it.each([
    [['--pid', '18524'], 0],
    [['--pid', '17998'], 1],
    [['--pod', podUid], 0],
    [['--pod', podUid.slice(0, 8)], 0],
    [['--pod', podUid.replaceAll('-', '_')], 0],
    [['--pod', '7b212546'], 1],
    [['--container', containerId.slice(0, 12)], 0],
    [['--container', containerId, '--pid', '18524', '--pod', podUid], 0],
    [['--container', containerId, '--pid', '1'], 1],
  ])('filters by %j', (filter, status) => {
    const result = oomkit(['diagnose', seed, ...filter]);
    expect(result.status).toBe(status);
    if (status === 1)
      expectOneLine(result, `no OOM report matches ${filter.join(' ')}`.replace(/^.*--container .* --pid/, '--pid'));
  });

  it('ends quietly when nobody reads its output', async () => {
    const child = spawn(process.execPath, [programPath, 'diagnose', 'test/fixtures/oom-logs', '-o', 'json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    await once(child, 'close');
    expect(stderr).toBe('');
  });
});

describe('Ctrl-C', () => {
  it('ends the reading and the program that is read from', async () => {
    const directory = temporaryDirectory();
    const started = join(directory, 'started');
    writeFileSync(
      join(directory, 'journalctl'),
      `#!/bin/sh\necho $$ > ${started}.draft; mv ${started}.draft ${started}; exec sleep 300\n`,
      {
        mode: 0o755,
      },
    );
    const env = { PATH: `${directory}:${process.env.PATH}` };
    const child = spawn(process.execPath, [programPath, 'diagnose', '--journal'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    await vi.waitUntil(() => existsSync(started), { timeout: 30_000 });
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect({ code, output }).toEqual({ code: 130, output: '' });
    expect(() => process.kill(Number(readFileSync(started, 'utf8')), 0)).toThrow(/ESRCH/);
  });
});

describe('bad input ends in one line and its exit code:', () => {
  it('an empty file', () => {
    const path = join(temporaryDirectory(), 'empty.log');
    writeFileSync(path, '');
    const result = oomkit(['diagnose', path]);
    expect(result.status).toBe(1);
    expectOneLine(result, `no OOM report in ${path}`);
  });

  it('a log without an OOM in it', () => {
    const result = oomkit(['diagnose', '-'], { input: '[1.0] usb 1-1: new device\n'.repeat(1000) });
    expect(result.status).toBe(1);
    expectOneLine(result, 'no OOM report in -');
  });

  it('a binary file', () => {
    const path = join(temporaryDirectory(), 'image');
    writeFileSync(path, Buffer.alloc(70_000, Uint8Array.from([1, 2, 3, 65, 200])));
    const result = oomkit(['diagnose', path]);
    expect(result.status).toBe(1);
    expectOneLine(result, 'not a text file');
  });

  it('a directory without a log', () => {
    const directory = temporaryDirectory();
    const result = oomkit(['diagnose', directory]);
    expect(result.status).toBe(1);
    expectOneLine(result, `no OOM report in ${directory}`);
  });

  it('a file that is not there', () => {
    const result = oomkit(['diagnose', 'absent.log']);
    expect(result.status).toBe(3);
    expectOneLine(result, 'absent.log: no such file or directory');
  });

  it.skipIf(process.getuid?.() !== 0)('a file and a directory without permission', () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    const program = join(directory, 'oomkit.mjs');
    copyFileSync(programPath, program);
    const logs = join(directory, 'logs');
    mkdirSync(logs);
    copyFileSync(seed, join(logs, 'kern.log'));
    writeFileSync(join(logs, 'kern.log.1'), seedText, { mode: 0o600 });
    mkdirSync(join(logs, 'private'), { mode: 0o700 });
    const nobody = { uid: 65534, cwd: directory, program };

    const partly = oomkit(['diagnose', 'logs'], nobody);
    expect(partly.status).toBe(4);
    expect(partly.stdout).toContain('cdi-importer');
    expect(partly.stderr).toMatch(
      /^oomkit: logs\/private: permission denied.*\noomkit: logs\/kern\.log\.1: permission denied.*\n$/,
    );

    const none = oomkit(['diagnose', 'logs/private'], nobody);
    expect(none.status).toBe(3);
    expectOneLine(none, 'permission denied');
  });

  it.each([
    ['that the account may not see', 'Hint: You are currently not seeing messages from other users and the system.', /sudo/],
    ['that is not there', 'No journal files were found.', /there is no journal on this machine/],
  ])('a journal %s, of which journalctl says nothing in JSON', (_, hint, expected) => {
    const directory = temporaryDirectory();
    const script = `#!/bin/sh\ncase "$*" in *--output=json*) ;; *) echo '${hint}' >&2; echo '-- No entries --' ;; esac\n`;
    writeFileSync(join(directory, 'journalctl'), script, { mode: 0o755 });
    const result = oomkit(['diagnose', '--journal'], { env: { PATH: directory } });
    expect(result.status).toBe(3);
    expectOneLine(result, expected);
    const { status, stdout } = oomkit(['diagnose', '--journal', '-o', 'json'], { env: { PATH: directory } });
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({
      status: 3,
      items: [],
      warnings: [{ statement: expect.stringMatching(expected) }],
    });
  });

  it('a truncated archive without an OOM in what is left of it', () => {
    const path = join(temporaryDirectory(), 'kern.log.1.gz');
    writeFileSync(path, gzipSync('all is well\n'.repeat(5000)).subarray(0, -20));
    const { status, stderr } = oomkit(['diagnose', path]);
    expect(status).toBe(4);
    expect(stderr).toMatch(/^oomkit: .*damaged or cut short.*\noomkit: no OOM report in what could be read of .*\n$/);
  });

  it('a truncated archive', () => {
    const path = join(temporaryDirectory(), 'kern.log.1.gz');
    writeFileSync(path, gzipSync(seedText + 'padding to be cut\n'.repeat(5000)).subarray(0, -20));
    const { status, stdout, stderr } = oomkit(['diagnose', path]);
    expect(status).toBe(4);
    expect(stdout).toContain('cdi-importer');
    expect(stderr).toMatch(/^oomkit: .*damaged or cut short.*\n$/);
  });

  it.each([
    [['diagnose', seed, '--pood', 'x'], /unknown option '--pood' \(Did you mean --pod\?\); see 'oomkit diagnose --help'/],
    [['diagnose'], /nothing to read: .*; see 'oomkit diagnose --help'/],
    [['diagnose', seed, '-o', 'yaml'], /'yaml' is invalid/],
    [['diagnose', seed, '--lang', 'fr'], /en, zh-CN/],
    [['diagnose', seed, '--pid', 'x'], /A process id is a positive number/],
    [['diagnose', seed, '--since', 'today'], /add --journal/],
    [['diagnoze', seed], /unknown command 'diagnoze' \(Did you mean diagnose\?\); see 'oomkit --help'/],
    [[seed], /is not a command; to diagnose it: oomkit diagnose test\/fixtures/],
    [['--nonsense'], /unknown option '--nonsense'; see 'oomkit --help'/],
    // What was typed may steer a terminal, and hold a secret: a command whose -- was forgotten.
    [['x\x1b]0;x\x07\u202e'], /unknown command 'x\\x1b\]0;x\\x07\\u\{202e\}'; see/],
    [['diagnose', seed, '--pid', '\x9b31m'], /argument '\\x9b31m' is invalid/],
    [['lab', 'run', '--memory', '1Gi', 'mysql', '-phunter2'], /unknown option '-predacted'; see/],
    [['--password=hunter2'], /unknown option '--password=redacted'; see/],
    [['import', '--checksum=token=hunter2', 'x', 'y'], /argument 'token=redacted' is invalid/],
  ])('%j', (args, text) => {
    const result = oomkit(args);
    expect(result.status).toBe(2);
    expectOneLine(result, text);
  });

  it('a URL where a file is read from, without its login and query', () => {
    const result = oomkit(['diagnose', 'https://alice:s3cret@host/kern.log?token=s3cret']);
    expect(result.status).toBe(3);
    expectOneLine(result, /^oomkit: https:\/\/host\/kern\.log: no such file or directory/);
  });

  it('and shows a stack only with --debug', () => {
    expect(oomkit(['diagnose', 'absent.log', '--debug']).stderr).toMatch(/\n {4}at /);
    expect(oomkit(['diagnose', '--debug']).stderr).toMatch(/\n {4}at /);
  });
});

describe('reports', () => {
  it('lists one report a line', () => {
    const { status, stdout } = oomkit(['reports', seed]);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stdout).toContain('cdi-importer');
  });

  it('prints the reports as JSON', () => {
    const { stdout } = oomkit(['reports', seed, seed, '-o', 'json']);
    const list = JSON.parse(stdout);
    expect(list.kind).toBe('ReportList');
    expect(list.items).toHaveLength(2);
    expect(list.items[0].killed[0].pid).toBe(18524);
  });
});

describe('glossary', () => {
  it('explains a term of several words', () => {
    const { status, stdout } = oomkit(['glossary', 'working', 'set']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^working set/);
    expect(oomkit(['glossary', 'working set', '--lang', 'zh-CN']).stdout).toMatch(/\p{Script=Han}/u);
  });

  it('lists every term, and gives the same terms as JSON', () => {
    const list = oomkit(['glossary']);
    const terms: { term: string }[] = JSON.parse(oomkit(['glossary', '-o', 'json']).stdout);
    expect(terms.length).toBeGreaterThan(50);
    for (const { term } of terms) expect(list.stdout).toContain(term);
  });

  it('says on standard error that a term is not known, and what may have been meant', () => {
    const { status, stdout, stderr } = oomkit(['glossary', 'failcn']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('failcnt');
  });
});

describe('the program', () => {
  it('prints its version', () => {
    const { status, stdout } = oomkit(['--version']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${packageJson.version}\n` });
  });

  it('prints help without arguments', () => {
    const { status, stdout, stderr } = oomkit([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(oomkit(['--help']).stdout);
    expect(stdout).toContain('Usage: oomkit');
  });

  it('calls itself what kubectl calls it', () => {
    const plugin = join(temporaryDirectory(), 'kubectl-oomkit');
    symlinkSync(programPath, plugin);
    expect(oomkit(['diagnose', '--help'], { program: plugin }).stdout).toContain('Usage: kubectl oomkit diagnose');
  });
});
