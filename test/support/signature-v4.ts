import { createHash, createHmac } from 'node:crypto';

/** A request as a server sees it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/**
 * What is wrong with a request's Signature Version 4, computed from the request alone; undefined when it is right. Source: AWS,
 * "Signature Calculations for the Authorization Header", for an object's GET.
 */
export function signatureFault(request: SignedRequest, signer: Signer): string | undefined {
  const { method, target, headers } = request;
  const [, keyId, day = '', region, names = '', signature] = AUTHORIZATION.exec(String(headers.authorization)) ?? [];
  if (signature === undefined) return 'no signature';
  const date = String(headers['x-amz-date']);
  if (keyId !== signer.accessKeyId || region !== signer.region || !date.startsWith(day)) return 'another scope';
  if (headers['x-amz-security-token'] !== signer.sessionToken) return 'another token';
  const signed = names.split(';');
  const needed = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  if (needed.some((name) => !signed.includes(name))) return 'headers left out';
  const [path = '', query = ''] = target.split('?', 2);
  const canonical = [
    method,
    // S3 decodes a path and encodes it by its own rules.
    Buffer.from(decodeURIComponent(path)).reduce((encoded, byte) => encoded + encodedByte(byte), ''),
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = [day, signer.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${signer.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex') === signature ? undefined : 'wrong signature';
}

function encodedByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9._~/-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
