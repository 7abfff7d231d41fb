import { HeapProfileError } from './errors.js';

/**
 * Checks that bytes have the structure of pprof's Profile message before they are decoded.
 *
 * The decoder (pprof-format) trusts its input: it clips a length that points past the end, reads a missing byte as zero and
 * takes a varint of any length, in quadratic time. A profile cut short would come out as a smaller, wrong profile. So the
 * structure is checked here, once, in linear time, and the decoder then sees only what it decodes correctly.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const LONGEST_VARINT = 10;
const LARGEST_ONE_BYTE_FIELD = 15;

/** What a field holds: a number (repeated ones may be packed), a string or bytes, or a message with fields of its own. */
type FieldKind = 'number' | 'numbers' | 'bytes' | MessageFields;
type MessageFields = { readonly [field: number]: FieldKind };

const VALUE_TYPE: MessageFields = { 1: 'number', 2: 'number' };
const LABEL: MessageFields = { 1: 'number', 2: 'number', 3: 'number', 4: 'number' };
const LINE: MessageFields = { 1: 'number', 2: 'number', 3: 'number' };
const SAMPLE: MessageFields = { 1: 'numbers', 2: 'numbers', 3: LABEL };
const MAPPING: MessageFields = {
  1: 'number',
  2: 'number',
  3: 'number',
  4: 'number',
  5: 'number',
  6: 'number',
  7: 'number',
  8: 'number',
  9: 'number',
  10: 'number',
};
const LOCATION: MessageFields = { 1: 'number', 2: 'number', 3: 'number', 4: LINE, 5: 'number' };
const FUNCTION: MessageFields = { 1: 'number', 2: 'number', 3: 'number', 4: 'number', 5: 'number' };
const PROFILE: MessageFields = {
  1: VALUE_TYPE,
  2: SAMPLE,
  3: MAPPING,
  4: LOCATION,
  5: FUNCTION,
  6: 'bytes',
  7: 'number',
  8: 'number',
  9: 'number',
  10: 'number',
  11: VALUE_TYPE,
  12: 'number',
  13: 'numbers',
  14: 'number',
  15: 'number',
};

/** Throws HeapProfileError `truncated` or `malformed`, with the offset, unless `bytes` is one well-formed Profile message. */
export function checkProfileStructure(bytes: Uint8Array): void {
  checkMessage(bytes, 0, bytes.length, PROFILE);
}

/**
 * Whether the first bytes of an input may be those of a Profile message: fields it has, of the kinds it has them, as far as
 * the bytes reach. Says nothing about the rest.
 */
export function looksLikeProfile(head: Uint8Array): boolean {
  if (head.length === 0) return false;
  try {
    checkMessage(head, 0, head.length, PROFILE);
    return true;
  } catch (error) {
    return error instanceof HeapProfileError && error.code === 'truncated' && (error.offset ?? 0) > 0;
  }
}

function checkMessage(bytes: Uint8Array, start: number, end: number, fields: MessageFields): void {
  let position = start;
  while (position < end) {
    const tag = bytes[position] ?? 0;
    const field = tag >> 3;
    if (tag >= 0x80 || field === 0 || field > LARGEST_ONE_BYTE_FIELD)
      throw malformed('a field profile.proto does not have', position);
    const kind = fields[field];
    const wireType = tag & 7;
    const packed = wireType === LENGTH_DELIMITED;
    if (wireType !== VARINT && !packed) throw malformed(`wire type ${wireType}`, position);
    if (kind !== undefined && kind !== 'numbers' && packed !== (kind !== 'number'))
      throw malformed('a field of the wrong kind', position);
    position++;
    if (!packed) {
      position = skipVarint(bytes, position, end);
      continue;
    }
    const lengthAt = position;
    position = skipVarint(bytes, position, end);
    const length = readLength(bytes, lengthAt, position);
    if (length > end - position) throw cutShort(bytes, end, lengthAt);
    if (kind === 'numbers') checkPacked(bytes, position, position + length);
    else if (typeof kind === 'object') checkMessage(bytes, position, position + length, kind);
    position += length;
  }
}

function checkPacked(bytes: Uint8Array, start: number, end: number): void {
  let position = start;
  while (position < end) position = skipVarint(bytes, position, end);
}

/** The offset after the varint at `position`. */
function skipVarint(bytes: Uint8Array, position: number, end: number): number {
  const last = Math.min(end, position + LONGEST_VARINT);
  for (let at = position; at < last; at++) {
    if ((bytes[at] ?? 0) < 0x80) return at + 1;
  }
  if (last === end) throw cutShort(bytes, end, position);
  throw malformed('a number longer than ten bytes', position);
}

function readLength(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let at = end - 1; at >= start; at--) length = length * 128 + ((bytes[at] ?? 0) & 0x7f);
  return length;
}

/** A message that ends inside a field: the input was cut if the message ends with it, else its length is wrong. */
function cutShort(bytes: Uint8Array, end: number, offset: number): HeapProfileError {
  if (end < bytes.length) return malformed('a field that does not fit its message', offset);
  return new HeapProfileError('truncated', 'the profile is cut short', { offset });
}

function malformed(what: string, offset: number): HeapProfileError {
  return new HeapProfileError('malformed', `not a pprof profile: ${what} at byte ${offset}`, { offset });
}
