import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tls } from './fault-server.js';
import { temporaryDirectory } from './temporary-directory.js';

/** Without it tests of TLS are skipped, but not where they must not be. */
export const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error === undefined;
if (!hasOpenssl && process.env.CI === 'true') throw new Error('tests of certificates cannot run: openssl not found');

export interface Authority {
  /** Its own certificate, in PEM. */
  readonly ca: string;
  /** A certificate for a server of these names, `DNS:…` or `IP:…`. */
  issue(...names: readonly string[]): Tls;
}

/** An authority that nobody trusts, made for one test. */
export function makeAuthority(): Authority {
  const directory = temporaryDirectory();
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority');
  return {
    ca: readFileSync(join(directory, 'ca.pem'), 'utf8'),
    issue: (...names) => {
      openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=test server');
      writeFileSync(join(directory, 'names'), `subjectAltName=${names.join(',')}\n`);
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
      openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signing);
      return {
        key: readFileSync(join(directory, 'server.key'), 'utf8'),
        cert: readFileSync(join(directory, 'server.pem'), 'utf8'),
      };
    },
  };
}
