import type { StructuredFormat } from '../formats/image-format.js';
import type { Preallocation } from '../run/request.js';
import type { WriteWay } from '../target/cache-mode.js';
import { ZERO_RUN_BYTES } from '../target/runs.js';

/** The descriptors that qemu-img is started with. */
const SOURCE_DESCRIPTOR = 3;
const TARGET_DESCRIPTOR = 4;

/** QEMU's names of the formats. */
const DRIVERS: Readonly<Record<StructuredFormat, string>> = {
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhd: 'vpc',
  vhdx: 'vhdx',
};

/** Tables in memory are at most that: by default they grow to 32 MiB with the disk (docs/qcow2-cache.txt, QEMU 10). */
const L2_CACHE_BYTES = 4 * 1024 * 1024;
/** Requests at a time, each with a buffer of up to 2 MiB (IO_BUF_SIZE in qemu-img.c). */
const REQUESTS = 4;

export interface ConvertTarget {
  readonly kind: 'file' | 'block';
  readonly way: WriteWay;
  readonly preallocation: Preallocation;
}

/**
 * The arguments of `qemu-img convert`. Nothing is left to guess: the formats of both ends are given, a backing file is not opened
 * whatever the header says, the target is there already, and no file is named but by its descriptor.
 */
export function convertArgs(format: StructuredFormat, { kind, way, preallocation }: ConvertTarget, sizeBytes: number): string[] {
  const writesZeros = preallocation === 'full' || (kind === 'block' && preallocation === 'falloc');
  return [
    'convert',
    '-p',
    '-n',
    '-m',
    String(REQUESTS),
    '-t',
    cacheMode(way),
    '-S',
    // 0: zeros are written. On a block device that is how its space is kept.
    writesZeros ? '0' : String(ZERO_RUN_BYTES),
    // A file that was just made; what a block device holds, qemu-img discards or overwrites.
    ...(kind === 'file' && !writesZeros ? ['--target-is-zero'] : []),
    '--target-image-opts',
    sourceOf(format),
    `driver=raw,size=${sizeBytes},file.driver=${fileDriver(kind)},file.filename=${descriptorPath(TARGET_DESCRIPTOR)}`,
  ];
}

/** The arguments of `qemu-img compare`, which tells by its exit code whether the target begins with the disk in the image. */
export function compareArgs(format: StructuredFormat, { kind, way }: ConvertTarget, sizeBytes: number): string[] {
  const file = {
    driver: fileDriver(kind),
    filename: descriptorPath(TARGET_DESCRIPTOR),
    'read-only': true,
    cache: { direct: way.isDirect },
  };
  return ['compare', '-p', sourceOf(format), json({ driver: 'raw', 'read-only': true, size: sizeBytes, file })];
}

/** The arguments of `qemu-img measure`: `required` of its JSON is the size of the disk as qemu-img sees it. */
export function measureArgs(format: StructuredFormat): string[] {
  return ['measure', '--output', 'json', '-O', 'raw', sourceOf(format)];
}

/** How far it is, in `(12.34/100%)`, as -p prints it; undefined when the text has no such thing. The last one counts. */
export function parseProgress(text: string): number | undefined {
  const [, percent] = /.*\((\d{1,3}\.\d\d)\/100%\)/s.exec(text) ?? [];
  return percent === undefined ? undefined : Number(percent) / 100;
}

/** `null` for the backing file: it is left out, whatever the header says. Only qcow2 and VMDK have one. */
function sourceOf(format: StructuredFormat): string {
  const file = { driver: 'nbd', server: { type: 'fd', str: String(SOURCE_DESCRIPTOR) } };
  const own = format === 'qcow2' ? { 'l2-cache-size': L2_CACHE_BYTES } : {};
  const backing = format === 'qcow2' || format === 'vmdk' ? { backing: null } : {};
  return json({ driver: DRIVERS[format], 'read-only': true, ...own, ...backing, file });
}

function fileDriver(kind: 'file' | 'block'): string {
  return kind === 'block' ? 'host_device' : 'file';
}

/** Opened anew by this name: the very file that is open here, wherever names lead by then. */
function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** By qemu-img's names. Where O_DIRECT goes through the page cache all the same, each write is waited for. */
function cacheMode({ name, isBounded, isDirect }: WriteWay): string {
  if (isBounded) return isDirect ? 'directsync' : 'writethrough';
  return name;
}

function json(node: object): string {
  return `json:${JSON.stringify(node)}`;
}
