import { shownUrl } from '../../sources/secrets/url.js';
import { ImportError } from '../error.js';
import type { HttpOptions } from './http/client.js';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3Options {
  /** Undefined: asked without a signature, as public buckets allow. */
  readonly credentials?: S3Credentials;
  readonly region: string;
  /** Any server that speaks S3; undefined: Amazon's. */
  readonly endpoint?: string;
}

/**
 * Where an object is: `ENDPOINT/BUCKET/KEY`, or at Amazon under the bucket's own name, where a certificate covers it. Throws an
 * ImportError for a key that no URL can hold: `a/../b` would be asked for as `b`.
 */
export function s3Url(bucket: string, key: string, options: S3Options): URL {
  const path = `/${key.split('/').map(encodeRfc3986).join('/')}`;
  const text = `${bucketUrl(bucket, options)}${path}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.pathname.endsWith(path) !== true) throw new ImportError('bad-source', { source: shownUrl(`s3://${bucket}/${key}`) });
  return url;
}

function bucketUrl(bucket: string, { region, endpoint }: S3Options): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

/** Signs each request with Signature Version 4, without the query: the key is not in a URL that servers and proxies log. */
export function s3Signer({ credentials, region }: S3Options): HttpOptions['sign'] {
  if (credentials === undefined) return undefined;
  return async (url, headers) => {
    const { AwsV4Signer } = await import('../clients.js');
    const signer = new AwsV4Signer({
      ...credentials,
      url: url.href,
      method: 'GET',
      service: 's3',
      region,
      headers: { ...headers },
    });
    const signed = await signer.sign();
    return Object.fromEntries(signed.headers);
  };
}

/** As S3 encodes a key: RFC 3986's unreserved characters stay. */
function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
