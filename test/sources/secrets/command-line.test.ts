import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactCommandLine, redactLine, redactText } from '../../../src/sources/secrets/command-line.js';
import { HARMLESS, wordsOf } from './harmless.js';
import { LOOKS, MARKED_VALUES, planted, RANDOM_VALUES, standsAlone, TOLD, VALUES } from './planted.js';

const SECRET = 'hunter2';
const PARTS = /hunter2/;

/** What is left of a secret in a redacted command line, which has as many words as it had, and does not change any more. */
function leakOf(line: string | readonly string[], secret: string): string | undefined {
  const commandLine = planted(line, secret);
  const safe = redactCommandLine(commandLine);
  expect(safe).toHaveLength(commandLine.length);
  expect(safe[0]).toBe(commandLine[0]);
  expect(redactCommandLine(safe)).toEqual(safe);
  return safe.some((word) => word.includes(secret)) ? safe.join(' ') : undefined;
}

describe('redactCommandLine', () => {
  it.each(VALUES)('hides %s wherever a name, a position or the program tells', (secret) => {
    expect(TOLD.length).toBeGreaterThan(150);
    expect(TOLD.map((line) => leakOf(line, secret)).filter(Boolean)).toEqual([]);
  });

  it.each(MARKED_VALUES)('hides all of %s', (secret) => {
    expect(
      TOLD.filter(standsAlone)
        .map((line) => leakOf(line, secret))
        .filter(Boolean),
    ).toEqual([]);
  });

  it.each(RANDOM_VALUES)('hides %s by its looks', (secret) => {
    expect(LOOKS.map((line) => leakOf(line, secret)).filter(Boolean)).toEqual([]);
  });

  it('keeps what a diagnosis needs as it is', () => {
    for (const line of HARMLESS) expect(redactCommandLine(wordsOf(line))).toEqual(wordsOf(line));
  });

  it.each([
    [['app', '--password', SECRET]],
    [['app', '--password=hunter2']],
    [['app', '-db.password', SECRET]],
    [['app', '--api-key', SECRET, '--verbose']],
    [['app', '--access_token=hunter2']],
    [['app', '--client-secret-value', SECRET]],
    [['env', 'DB_PASSWORD=hunter2', 'app']],
    [['java', '-Djavax.net.ssl.keyStorePassword=hunter2']],
    [['app', 'postgres://admin:hunter2@db.example/app']],
    [['app', 'postgres://admin:hunter2/x@db.example/app']],
    [['app', 'https://hunter2@git.example/x']],
    [['app', 'https://api.example/?token=hunter2&x=1']],
    [['app', 'host=db user=app password=hunter2 dbname=x']],
    [['curl', '-H', 'Authorization: Bearer hunter2']],
    [['curl', '-H', 'X-Api-Key: hunter2']],
    [['curl', '-u', 'admin:hunter2']],
    [['/usr/bin/mysql', '-phunter2']],
    [['sshpass', '-p', SECRET, 'ssh', 'host']],
    [['redis-cli', '-a', SECRET]],
    [['sh', '-c', 'export PGPASSWORD="hunter2 and more"; exec app --secret hunter2']],
    [['app', '{"password": "hunter2"}']],
  ])('%j', (commandLine) => {
    const safe = redactCommandLine(commandLine);
    expect(safe.join(' ')).not.toMatch(PARTS);
    expect(safe).toHaveLength(commandLine.length);
    expect(safe[0]).toBe(commandLine[0]);
  });

  it.each([
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'c2VjcmV0LXRva2VuLWluLWJhc2U2NC0xMjM0NTY3ODkw==',
  ])('hides the token %s wherever it stands', (token) => {
    const inPath = token.includes('/') ? [] : [`/srv/${token}/file`];
    for (const argument of [token, `--x=${token}`, `cat ${token}`, ...inPath]) {
      expect(redactText(argument)).not.toContain(token.slice(0, 20));
    }
  });

  it('keeps what is no secret', () => {
    const harmless = [
      ['/usr/bin/qemu-img', 'convert', '-t', 'none', '-p', '-O', 'raw', '/data/image.qcow2', '/dev/sda1'],
      ['/usr/lib/jvm/java-17-openjdk-amd64/bin/java', '-Xmx512m', '-XX:MaxRAMPercentage=75.0', '-jar', '/app/server.jar'],
      ['prometheus', '--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
      ['app', 'https://api.example:8443/v1/items?page=2'],
      ['6b212546-f5dd-4fdf-bcc7-72a686638102'],
      ['dd', '/tmp/oomkit-test-17840-yk0Gs6/layer.img'],
    ];
    for (const commandLine of harmless) expect(redactCommandLine(commandLine)).toEqual(commandLine);
  });

  it('takes any text', () => {
    const pieces = fc.constantFrom(
      '-p',
      '--',
      '=',
      ':',
      '@',
      '/',
      "'",
      '"',
      '\\',
      '$(',
      '<<<',
      ' ',
      '\n',
      '\u2028',
      '\u00a0',
      'pw',
      'echo',
      '|',
      'a1',
    );
    const text = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 24 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (commandLine) => {
        expect(redactCommandLine(commandLine)).toHaveLength(commandLine.length);
        expect(redactLine(commandLine.join(' '))).toEqual(expect.any(String));
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it('takes time in proportion to a hostile text', () => {
    for (const piece of [
      'a://',
      'password',
      '--token ',
      '-----BEGIN X-----',
      '"key":"',
      'Ab1/',
      "'",
      '=',
      '$(',
      'send "',
      '<a>',
    ]) {
      const text = piece.repeat(10_000);
      expect(redactText(text).length).toBeGreaterThan(0);
      expect(redactLine(text).length).toBeGreaterThan(0);
      expect(redactCommandLine(['app', text])).toHaveLength(2);
    }
  });
});

describe('redactText', () => {
  it.each([
    ['the password=hunter2 was refused', 'the password=redacted was refused'],
    ['probe failed: "mysqladmin -phunter2 ping"', 'probe failed: "mysqladmin -predacted ping"'],
    ['GET https://u:hunter2@host/x?token=hunter2&page=2 failed', 'GET https://redacted@host/x?token=redacted&page=2 failed'],
    ['said Authorization: Bearer hunter2', 'said Authorization: redacted'],
    ['login with token hunter2', 'login with token redacted'],
    ['/tmp/Zq7xK2mLv4tR8wPn3Ys5-a1B2c3/x', '/tmp/redacted/x'],
    ['-----BEGIN KEY-----\nhunter2\n-----END KEY----- sent', 'redacted sent'],
  ])('%s', (text, safe) => {
    expect(redactText(text)).toBe(safe);
  });

  it.each([
    'Container web failed liveness probe, will be restarted',
    'Memory cgroup out of memory: Killed process 4711 (java) total-vm:222652kB, anon-rss:1024kB, UID:0 oom_score_adj:995',
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 87564Ki. Container web was using 412Mi, request is 0',
    'Readiness probe failed: Get "http://10.0.0.7:8080/ready": dial tcp 10.0.0.7:8080: connect: connection refused',
    "can't find the session that doesn't exist",
    '/tmp/oomkit-test-17840-yk0Gs6/layer.img',
    '/var/tmp/build.Zx81Qp/a.o',
  ])('keeps %s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});
