import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Checksum, parseChecksum } from '../../import/digest.js';
import { type ListenAddress, parseListenAddress } from '../../import/metrics/address.js';
import { preallocations } from '../../import/run/request.js';
import { cacheModes } from '../../import/target/cache-mode.js';
import { examplesText } from '../examples.js';
import { addJobOptions, checkNoJobOptions, type JobOptions } from '../import/job-options.js';
import { addCommonOptions, outputOption } from '../options.js';
import { parsePercentage } from '../percentage-option.js';
import { parseSize } from '../size-option.js';

/** Where checkpoints of block devices are kept, which have no room beside them. */
const STATE_DIRECTORY = '/var/lib/oomkit';
/** Below this a writer waits for the disk at every block. */
const LEAST_DIRTY = '16Mi';

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .description('write a disk image to a file or a block device, in bounded memory on any disk')
    .argument('<source>', 'http(s)://…, s3://BUCKET/KEY, docker://IMAGE, oci-archive:FILE, a file, - or blank')
    .argument('<target>', 'a file or a block device')
    .addOption(
      new Option('--cache <mode>', "how to write, by qemu-img's names; auto: past the page cache where that works")
        .choices(cacheModes)
        .default('auto'),
    )
    .addOption(
      new Option('--dirty-limit <size>', 'most that may wait for the disk where the page cache is used')
        .argParser(parseDirtyLimit)
        .default(parseSize('64Mi'), '64Mi'),
    )
    .addOption(
      new Option('--preallocation <mode>', 'off leaves zeros out, falloc reserves, full writes all')
        .choices(preallocations)
        .default('off'),
    )
    .option('--size <size>', 'the size of the target file: the image must fit, and is grown to it', parseSize)
    .option('--overhead <percent>', "the share of the file system's room to keep free", parsePercentage(0, 99))
    .option('--allow-overcommit', 'let a sparse image be larger than the room there is now')
    .option('--checksum <algorithm:hex>', 'md5, sha1, sha256 or sha512 of the source as it is stored', parseSum)
    .option('--verify', 'read the target back and compare')
    .option('--resume', 'go on where an import that was cut off had come to')
    .option('--force', 'overwrite a file that is there')
    .option('--member <name>', 'the disk image in an archive')
    .option('--scratch <directory>', 'where to keep an image that has to be converted and cannot be read by ranges')
    .option('--state-dir <directory>', 'where the progress on block devices is kept', STATE_DIRECTORY)
    .option('--retries <n>', 'how often to try again without progress', parseCount, 8)
    .option('--timeout <seconds>', 'how long a server may send nothing', parseSeconds, 60)
    .option('--user <name>', 'for basic authentication; the password is in --password-file or OOMKIT_PASSWORD')
    .option('--password-file <file>', 'holds the password')
    .option('--token-file <file>', 'holds a bearer token')
    .option('--header <name: value>', 'a header for the server; may be repeated; @FILE reads them from a file', addHeader)
    .option('--ca <file>', 'trust these certificates, in PEM')
    .option('--insecure', 'trust any certificate')
    .option('--s3-endpoint <url>', 'a server that speaks S3 (default: AWS_ENDPOINT_URL, or Amazon)')
    .option('--s3-region <region>', 'the region to sign for (default: AWS_REGION, or us-east-1)')
    .option('--anonymous', 'do not sign requests to S3')
    .option('--architecture <name>', "of a container image, as registries name it (default: this machine's)")
    .option('--auth-file <file>', "logins for registries (default: as podman's and docker's)")
    .option('--plain-http', 'speak to the registry without TLS')
    .option('--metrics <address>', 'serve the progress to Prometheus by https, as :8443; /metrics', parseAddress);
  addCommonOptions(addJobOptions(command).addOption(outputOption(['text', 'json', 'yaml'])));
  const name = program.name();
  command.addHelpText(
    'after',
    `${examplesText([
      [`${name} import https://example.com/disk.qcow2 /data/disk.img`, 'whatever the format, as a raw disk'],
      [`${name} import --resume https://example.com/disk.img.xz /dev/vdb`, 'go on after a crash'],
      [`${name} import --checksum sha256:… --verify s3://images/disk.raw disk.img`, 'checked on the way in and after'],
      [`${name} import docker://quay.io/containerdisks/fedora:latest disk.img`, 'the disk of a container image'],
      [`${name} import --job --secret login https://example.com/disk.qcow2 pvc/disk`, 'a Job that does it in a cluster'],
      [`curl -s URL | ${name} import - disk.img`, 'what comes on standard input'],
    ])}

Exit codes:
  0  the image is on the target, and on its disk
  2  the command line is wrong
  3  the source could not be read
  5  the target could not be written
  6  the image was refused, or is not the one that was asked for`,
  );
  command.action(async (source: string, target: string, options: JobOptions) => {
    if (options.job === true) {
      const { printJob } = await import('../import/job.js');
      return printJob(source, target, options);
    }
    checkNoJobOptions(command);
    const { runImport } = await import('../import/run.js');
    await runImport(source, target, options);
  });
}

function parseDirtyLimit(value: string): number {
  const bytes = parseSize(value);
  if (bytes < parseSize(LEAST_DIRTY)) throw new InvalidArgumentError(`A limit is ${LEAST_DIRTY} at least.`);
  return bytes;
}

function parseSum(value: string): Checksum {
  const checksum = parseChecksum(value);
  if (checksum === undefined) {
    throw new InvalidArgumentError('A checksum is md5, sha1, sha256 or sha512, a colon, and its hexadecimal digits.');
  }
  return checksum;
}

function parseAddress(value: string): ListenAddress {
  const address = parseListenAddress(value);
  if (address === undefined) throw new InvalidArgumentError('An address is :PORT or HOST:PORT.');
  return address;
}

function parseCount(value: string): number {
  if (!/^\d{1,4}$/.test(value)) throw new InvalidArgumentError('A number from 0 to 9999.');
  return Number(value);
}

function parseSeconds(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new InvalidArgumentError('A number of seconds, 1 or more.');
  return Number(value);
}

/** `@FILE` is kept under its own name, for whoever reads files. */
function addHeader(value: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  if (value.startsWith('@')) return { ...before, [value]: '' };
  const [, name, text] = /^([\w!#$%&'*+.^`|~-]+):\s*([^\r\n]*)$/.exec(value) ?? [];
  if (name === undefined || text === undefined) throw new InvalidArgumentError('A header is NAME: VALUE, or @FILE.');
  return { ...before, [name.toLowerCase()]: text };
}
