import { spawn } from 'node:child_process';
import { ImportError } from '../error.js';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const ARGUMENTS = [
  ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '365'],
  ...['-subj', '/CN=oomkit', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', '-', '-out', '-'],
];
/** It takes some milliseconds. */
const TIMEOUT_MS = 30_000;

/**
 * A certificate signed by nobody but itself, as CDI's importer makes one when it starts, by the program openssl: Node makes keys and
 * no certificates. The key is never in a file. Throws an ImportError when there is no openssl, or it fails.
 */
export async function selfSignedCertificate(): Promise<Certificate> {
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn('openssl', ARGUMENTS, {
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      timeout: TIMEOUT_MS,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    child.once('error', reject);
    child.once('close', () => resolve(text));
  }).catch(() => '');
  const [cert] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(output) ?? [];
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(output) ?? [];
  if (cert === undefined || key === undefined) throw new ImportError('metrics-certificate');
  return { cert, key };
}
