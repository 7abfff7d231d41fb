import { MIB } from '../../model/index.js';

/**
 * What a decoder may take for its dictionary or window, whatever the stream's header asks for: up to 4 GiB of xz, 2 GiB of zstd. The
 * highest presets of both need less, zstd's --ultra and --long apart.
 */
export const DECODER_BYTES = 64 * MIB;

/** A program that decompresses its standard input to its standard output. */
export interface DecoderTool {
  readonly command: string;
  readonly args: readonly string[];
  /** What distributions call the package that has it. */
  readonly package: string;
}

export const DECODER_TOOLS = {
  xz: { command: 'xz', args: ['-dcq', '-T1', `--memlimit-decompress=${DECODER_BYTES + 2 * MIB}`], package: 'xz-utils' },
  zst: { command: 'zstd', args: ['-dcq', '--single-thread', `--memory=${DECODER_BYTES}`], package: 'zstd' },
  bz2: { command: 'bzip2', args: ['-dc'], package: 'bzip2' },
} as const satisfies Readonly<Record<string, DecoderTool>>;

/** What the tools say of a stream that needs more than they may take. */
const TOO_MUCH_MEMORY = /memory usage limit|too much memory|window ?(?:size|log).*(?:larger|exceed|too)/i;

/** Whether a tool gave up, by what it said, because the stream needs more than DECODER_BYTES. */
export function needsMoreMemory(stderr: string): boolean {
  return TOO_MUCH_MEMORY.test(stderr);
}

/** The environment of a tool: options for it may come by the environment too (XZ_OPT, ZSTD_CLEVEL), and its words are to be English. */
export function toolEnvironment(): Readonly<Record<string, string>> {
  return { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
}
