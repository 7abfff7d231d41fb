/**
 * The part of the NBD protocol that a read-only export needs: fixed newstyle negotiation and simple replies. Source: doc/proto.md of
 * NetworkBlockDevice/nbd, 2024. All numbers are big endian.
 */

const MAGIC = 0x4e42444d41474943n;
const OPTION_MAGIC = 0x49484156454f5054n;
const OPTION_REPLY_MAGIC = 0x0003e889045565a9n;
const REQUEST_MAGIC = 0x25609513;
const SIMPLE_REPLY_MAGIC = 0x67446698;

const HANDSHAKE = { fixedNewstyle: 1, noZeroes: 2 } as const;
/** The flags a client answers the greeting with, and the header of each option and each request. */
export const CLIENT_FLAGS_BYTES = 4;
export const OPTION_HEADER_BYTES = 16;
export const REQUEST_BYTES = 28;
/** Zeros after the answer to NBD_OPT_EXPORT_NAME, for clients that did not forgo them. */
const EXPORT_PADDING_BYTES = 124;

export const OPTION = { exportName: 1, abort: 2, list: 3, info: 6, go: 7 } as const;
export const OPTION_REPLY = { ack: 1, server: 2, info: 3, unsupported: 0x80000001, invalid: 0x80000003 } as const;
const INFO = { export: 0, blockSize: 3 } as const;
export const COMMAND = { read: 0, disconnect: 2 } as const;
/** NBD's own numbers, which are Linux' errno. */
export const NBD_ERROR = { none: 0, notPermitted: 1, io: 5, invalid: 22 } as const;
const TRANSMISSION = { hasFlags: 1, readOnly: 2 } as const;

/** The largest read that is answered at once; clients split larger ones. */
export const MAX_READ_BYTES = 2 * 1024 * 1024;
const PREFERRED_READ_BYTES = 64 * 1024;

export interface OptionHeader {
  readonly option: number;
  readonly lengthBytes: number;
}

export interface Request {
  readonly command: number;
  /** The client's own, sent back with the answer. */
  readonly cookie: bigint;
  readonly offsetBytes: bigint;
  readonly lengthBytes: number;
}

/** What the server sends first. */
export function greeting(): Buffer {
  const message = Buffer.alloc(18);
  message.writeBigUInt64BE(MAGIC, 0);
  message.writeBigUInt64BE(OPTION_MAGIC, 8);
  message.writeUInt16BE(HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes, 16);
  return message;
}

/** Whether the client wants no padding; undefined when it does not speak fixed newstyle, or knows flags that were not offered. */
export function parseClientFlags(data: Buffer): { readonly noZeroes: boolean } | undefined {
  const flags = data.readUInt32BE(0);
  const known = HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes;
  if ((flags & ~known) !== 0 || (flags & HANDSHAKE.fixedNewstyle) === 0) return undefined;
  return { noZeroes: (flags & HANDSHAKE.noZeroes) !== 0 };
}

/** The header of an option; undefined when it is none. */
export function parseOption(data: Buffer): OptionHeader | undefined {
  if (data.readBigUInt64BE(0) !== OPTION_MAGIC) return undefined;
  return { option: data.readUInt32BE(8), lengthBytes: data.readUInt32BE(12) };
}

/** Whether the data of NBD_OPT_INFO or NBD_OPT_GO is as long as it says: a name, then a list of 16-bit numbers. */
export function isInfoRequest(data: Buffer): boolean {
  if (data.length < 6) return false;
  const nameBytes = data.readUInt32BE(0);
  if (nameBytes > data.length - 6) return false;
  return data.length === 6 + nameBytes + 2 * data.readUInt16BE(4 + nameBytes);
}

export function optionReply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(20);
  header.writeBigUInt64BE(OPTION_REPLY_MAGIC, 0);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(type, 12);
  header.writeUInt32BE(data.length, 16);
  return Buffer.concat([header, data]);
}

/** Size, flags and block sizes of the export, in answer to an option. */
export function exportInfo(option: number, sizeBytes: number): Buffer {
  const size = Buffer.alloc(12);
  size.writeUInt16BE(INFO.export, 0);
  size.writeBigUInt64BE(BigInt(sizeBytes), 2);
  size.writeUInt16BE(TRANSMISSION.hasFlags | TRANSMISSION.readOnly, 10);
  const blocks = Buffer.alloc(14);
  blocks.writeUInt16BE(INFO.blockSize, 0);
  blocks.writeUInt32BE(1, 2);
  blocks.writeUInt32BE(PREFERRED_READ_BYTES, 6);
  blocks.writeUInt32BE(MAX_READ_BYTES, 10);
  return Buffer.concat([optionReply(option, OPTION_REPLY.info, size), optionReply(option, OPTION_REPLY.info, blocks)]);
}

/** The answer to NBD_OPT_EXPORT_NAME, which has no header. */
export function exportNameReply(sizeBytes: number, noZeroes: boolean): Buffer {
  const reply = Buffer.alloc(noZeroes ? 10 : 10 + EXPORT_PADDING_BYTES);
  reply.writeBigUInt64BE(BigInt(sizeBytes), 0);
  reply.writeUInt16BE(TRANSMISSION.hasFlags | TRANSMISSION.readOnly, 8);
  return reply;
}

/** A request; undefined when it is none. */
export function parseRequest(data: Buffer): Request | undefined {
  if (data.readUInt32BE(0) !== REQUEST_MAGIC) return undefined;
  return {
    command: data.readUInt16BE(6),
    cookie: data.readBigUInt64BE(8),
    offsetBytes: data.readBigUInt64BE(16),
    lengthBytes: data.readUInt32BE(24),
  };
}

/** The header of a reply; the data of a read follows it when there is no error. */
export function simpleReply(cookie: bigint, error: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(SIMPLE_REPLY_MAGIC, 0);
  header.writeUInt32BE(error, 4);
  header.writeBigUInt64BE(cookie, 8);
  return header;
}
