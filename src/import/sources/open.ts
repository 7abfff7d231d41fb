import { shownUrl } from '../../sources/secrets/url.js';
import { ImportError } from '../error.js';
import { blankSource } from './blank.js';
import { fileSource } from './file.js';
import { httpClient } from './http/client.js';
import { httpSource } from './http/http.js';
import { parseLocation } from './location.js';
import type { OpenOptions } from './open-options.js';
import { s3Signer, s3Url } from './s3.js';
import { type ByteSource, orClose } from './source.js';
import { streamSource } from './stream.js';

/** Opens what a SOURCE names. Throws an ImportError when it is not there, or may not be read. */
export async function openSource(text: string, options: OpenOptions): Promise<ByteSource> {
  const location = parseLocation(text);
  switch (location.kind) {
    case 'stdin':
      return streamSource(undefined);
    case 'file':
      return fileSource(location.path);
    case 'blank':
      if (options.blankBytes === undefined) throw new ImportError('no-size', { source: text });
      return blankSource(options.blankBytes);
    case 'http': {
      const client = await httpClient(options.http);
      return orClose(client, () => httpSource(client, location.url, options));
    }
    case 's3': {
      const { bucket, key } = location;
      const sign = s3Signer(options.s3);
      const client = await httpClient({ ...options.http, ...(sign === undefined ? {} : { sign }) });
      const url = s3Url(bucket, key, options.s3);
      return orClose(client, () => httpSource(client, url, { ...options, shown: shownUrl(text) }));
    }
    case 'registry':
    case 'oci-archive': {
      const { openImage } = await import('./registry/open.js');
      return openImage(location, options);
    }
  }
}
