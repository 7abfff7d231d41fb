import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageBounds } from '../../../src/import/formats/bounds.js';
import { isStructured } from '../../../src/import/formats/image-format.js';
import { inspect } from '../../../src/import/formats/inspect.js';
import type { InspectedImage } from '../../../src/import/formats/inspected.js';
import { HEAD_BYTES, recognise, TAIL_BYTES } from '../../../src/import/formats/recognise.js';
import { ImageRefused } from '../../../src/import/formats/refused.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** Without qemu-img there are no real images: a test's own writer would prove little. */
export const hasQemuImg = spawnSync('qemu-img', ['--version']).error === undefined;

/** A place for images, and a way to be rid of it. */
export class Workshop {
  readonly directory = mkdtempSync(join(tmpdir(), 'oomkit-images-'));
  #count = 0;

  path(name: string): string {
    this.#count += 1;
    return join(this.directory, `${this.#count}-${name}`);
  }

  write(name: string, content: Uint8Array): string {
    const path = this.path(name);
    writeFileSync(path, content);
    return path;
  }

  /** An image of a raw disk in a format of qemu-img's, with its options. */
  convert(disk: Uint8Array, format: string, options: readonly string[] = [], flags: readonly string[] = []): Buffer {
    const path = this.path(format);
    const args = ['convert', ...flags, '-f', 'raw', '-O', format, ...options.flatMap((option) => ['-o', option])];
    qemuImg(...args, this.write('raw', disk), path);
    return readFileSync(path);
  }

  /** An empty image. */
  create(format: string, sizeBytes: number, options: readonly string[] = []): Buffer {
    const path = this.path(format);
    qemuImg('create', '-q', '-f', format, ...options.flatMap((option) => ['-o', option]), path, String(sizeBytes));
    return readFileSync(path);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function qemuImg(...args: string[]): string {
  return execFileSync('qemu-img', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What qemu-img says of an image in a format; undefined when it does not open it. */
export function qemuInfo(path: string, format: string): Readonly<Record<string, unknown>> | undefined {
  const { status, stdout } = spawnSync('qemu-img', ['info', '--output=json', '-f', format, path], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : undefined;
}

/** A disk with data, holes between, and data in its last sector. The first sector is a boot sector. */
export function diskOf(sizeBytes: number): Buffer {
  const disk = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; at += 512 * KIB) noise(disk.subarray(at, at + 100 * KIB), at);
  noise(disk.subarray(-512), sizeBytes);
  disk.fill(0, 0, 512);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

/** Bytes that do not compress, the same for the same seed. */
function noise(target: Buffer, seed: number): void {
  for (let at = 0; at < target.length; at += 64) {
    createHash('sha512').update(`${seed}:${at}`).digest().copy(target, at, 0, 64);
  }
}

/** A copy with changes. */
export function patched(image: Buffer, ...edits: readonly ((copy: Buffer) => void)[]): Buffer {
  const copy = Buffer.from(image);
  for (const edit of edits) edit(copy);
  return copy;
}

/** How an image was read. */
export interface Reading {
  readonly calls: number;
  readonly bytes: number;
}

export interface Examined {
  readonly format: string;
  readonly image?: InspectedImage;
  readonly refused?: ImageRefused;
  readonly reading: Reading;
}

/** Recognises and inspects an image. What it throws beside an ImageRefused, and a read outside the image, fails the test. */
export async function examine(image: Buffer, bounds: Partial<ImageBounds> = {}): Promise<Examined> {
  let calls = 0;
  let bytes = 0;
  const readAt = async (offsetBytes: number, lengthBytes: number): Promise<Uint8Array> => {
    if (offsetBytes < 0 || lengthBytes < 0 || offsetBytes + lengthBytes > image.length) {
      throw new Error(`read outside the image: ${offsetBytes} + ${lengthBytes} of ${image.length}`);
    }
    calls += 1;
    bytes += lengthBytes;
    return image.subarray(offsetBytes, offsetBytes + lengthBytes);
  };
  let format = 'none';
  try {
    const tail = image.subarray(Math.max(0, image.length - TAIL_BYTES));
    const recognised = recognise(image.subarray(0, HEAD_BYTES), tail, image.length);
    format = recognised;
    if (!isStructured(recognised)) return { format, reading: { calls, bytes } };
    const inspected = await inspect(readAt, image.length, recognised, bounds);
    return { format, image: inspected, reading: { calls, bytes } };
  } catch (refused) {
    if (!(refused instanceof ImageRefused)) throw refused;
    return { format, refused, reading: { calls, bytes } };
  }
}

/** Why an image is refused, and what else a test may look at; undefined when it is not. */
export async function refusalOf(image: Buffer, bounds: Partial<ImageBounds> = {}): Promise<ImageRefused | undefined> {
  return (await examine(image, bounds)).refused;
}
