import type { ImageReader } from '../reader.js';

/** The disks that are one file. */
const SINGLE_FILE_TYPES = ['monolithicSparse', 'streamOptimized'];
const NO_PARENT = 'ffffffff';
const KEY_VALUE = /^([A-Za-z][\w.]*)\s*=\s*(.*)$/;
/** `RW 4192256 SPARSE "disk.vmdk"`, with an offset after flat ones. */
const EXTENT = /^(?:RW|RDONLY|NOACCESS)\s+\d+\s+([A-Z]+)(?:\s+"([^"]*)")?/;
/** QEMU searches the text for these, wherever they stand: vmdk_parent_open() in block/vmdk.c, 9.2. */
const PARENT_HINT = 'parentFileNameHint';

/** What a descriptor says of a disk in one file. */
export interface Descriptor {
  readonly type: string;
  readonly extent: Extent;
}

interface Extent {
  readonly type: string;
  readonly name: string;
  readonly at: number;
}

/**
 * Refuses a descriptor that names any file but the one it is in, or that has a line of an unknown kind. The text ends at its first
 * NUL; `textAt` is where it begins in the image.
 */
export function checkDescriptor(reader: ImageReader, text: string, textAt: number): Descriptor {
  // One file of a disk that is split into several has an empty one.
  if (text.trim() === '') return reader.refuse('external-extent', { name: reader.unnamed }, textAt);
  const values = new Map<string, { readonly value: string; readonly at: number }>();
  const extents: Extent[] = [];
  for (const { line, at } of linesOf(text, textAt)) {
    const extent = EXTENT.exec(line);
    const pair = KEY_VALUE.exec(line);
    if (extent !== null) {
      extents.push({ type: extent[1] ?? '', name: extent[2] ?? '', at });
      continue;
    }
    const key = pair?.[1]?.toLowerCase();
    // Of a key that is there twice, one program takes the first and another one the last.
    reader.require(key === undefined || !values.has(key), 'descriptor', at, shown(line), '1 ×');
    if (key === undefined)
      return reader.refuse('bad-field', { field: 'descriptor', value: shown(line), allowed: 'key=value' }, at);
    values.set(key, { value: unquoted(pair?.[2] ?? ''), at });
  }

  const parent = values.get(PARENT_HINT.toLowerCase());
  if (parent !== undefined) reader.refuseBacking(shown(parent.value), parent.at);
  const hintAt = text.indexOf(PARENT_HINT);
  if (hintAt >= 0) reader.refuseBacking(undefined, textAt + hintAt);
  const parentCid = values.get('parentcid');
  if (parentCid !== undefined && parentCid.value.toLowerCase() !== NO_PARENT) reader.refuseBacking(undefined, parentCid.at);
  for (const [key, { at }] of values) if (key.startsWith('encryption.')) reader.refuse('encrypted', {}, at);

  const extent = soleExtent(reader, extents, textAt);
  const type = values.get('createtype');
  const isSingle = type !== undefined && SINGLE_FILE_TYPES.includes(type.value);
  if (!isSingle) reader.refuse('external-extent', { name: shown(extent.name) }, extent.at);
  return { type: type.value, extent };
}

/** One sparse extent, of a plain name: the file itself, whatever it is called by now. */
function soleExtent(reader: ImageReader, extents: readonly Extent[], textAt: number): Extent {
  const [first, second] = extents;
  if (first === undefined) {
    return reader.refuse('bad-field', { field: 'descriptor', value: 'no extent', allowed: 'RW … SPARSE' }, textAt);
  }
  const foreign = extents.find(({ type, name }) => type !== 'SPARSE' || /[/\\]/.test(name)) ?? second;
  if (foreign !== undefined) reader.refuse('external-extent', { name: shown(foreign.name || foreign.type) }, foreign.at);
  return first;
}

/** The lines that say something, and where each begins. */
function* linesOf(text: string, textAt: number): Generator<{ readonly line: string; readonly at: number }> {
  let at = textAt;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line !== '' && !line.startsWith('#')) yield { line, at };
    at += raw.length + 1;
  }
}

function unquoted(value: string): string {
  return value.trim().replace(/^"(.*)"$/, '$1');
}

const MAX_SHOWN = 80;

/** What the image says, short. */
function shown(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
