import { describe, expect, it } from 'vitest';
import { redactCommandLine, redactText } from '../../src/sources/redact.js';

const SECRET = 'hunter2';
const PARTS = /hunter2/;

describe('redactCommandLine', () => {
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
    ];
    for (const commandLine of harmless) expect(redactCommandLine(commandLine)).toEqual(commandLine);
  });

  it('takes time in proportion to a hostile text', () => {
    for (const piece of ['a://', 'password', '--token ', '-----BEGIN X-----', '"key":"', 'Ab1/', "'", '=']) {
      expect(redactText(piece.repeat(100_000)).length).toBeGreaterThan(0);
    }
  });
});
