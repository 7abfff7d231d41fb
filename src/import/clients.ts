/**
 * The packages that only the importer needs. scripts/build.mjs makes a file of its own of this module, which is loaded when an
 * import starts: undici is as large as the rest of oomkit.
 */
export { AwsV4Signer } from 'aws4fetch';
export { Counter, Gauge, Registry } from 'prom-client';
export { extract as extractTar } from 'tar-stream';
export { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
