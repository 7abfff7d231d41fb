/** A member of an archive, written by hand: type flags and names as they stand in the header, right or wrong. */
export interface TarMember {
  readonly name: string;
  readonly data?: Buffer;
  /** POSIX's type flag; `0` is a regular file. */
  readonly type?: string;
  readonly linkName?: string;
  /** Said instead of the data's length. */
  readonly size?: number;
}

/** A tar archive in ustar format (POSIX.1-2017, pax), with its two blocks of zeros at the end. */
export function tarArchive(members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.map(tarMember), Buffer.alloc(1024)]);
}

export function tarMember({ name, data = Buffer.alloc(0), type = '0', linkName = '', size = data.length }: TarMember): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write('0000644\u00000000000\u00000000000\u0000', 100, 'latin1');
  header.write(`${size.toString(8).padStart(11, '0')}\u000000000000000\u0000`, 124, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 1, 'latin1');
  header.write(linkName, 157, 100, 'utf8');
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}
