import { type MessageValue, message } from '../../model/index.js';
import { ImportError } from '../error.js';

/**
 * Why an image is not opened. The codes are stable, and docs/image-safety.md lists what each catches; its sentence is
 * `image.refused.<code>` in the message catalogues.
 */
export type ImageRefusedCode =
  /** The bytes are two formats at once: programs would disagree about which disk they are. */
  | 'polyglot'
  /** A format that is known and that oomkit does not import. */
  | 'unsupported-format'
  /** A kind of a supported format that is not read: an older version, a sector size. */
  | 'unsupported-variant'
  /** The image ends inside its own header, or in the middle of what a read asked for. */
  | 'truncated'
  /** A field of the image points beyond its end: it was cut off, or forged. */
  | 'outside-file'
  /** A field has a value that its format does not allow. */
  | 'bad-field'
  | 'bad-checksum'
  /** The image is only the difference to another one, which it names. */
  | 'backing-file'
  /** The guest's data is in another file. */
  | 'external-data-file'
  /** The disk consists of several files, of which this is one, or names others. */
  | 'external-extent'
  | 'encrypted'
  /** Feature bits that say: whoever does not know them must not open the image. */
  | 'unknown-feature'
  /** The program that wrote it last marked it as corrupt. */
  | 'marked-corrupt'
  /** It was not closed; its log is to be replayed first. */
  | 'unclean'
  /** The disk is larger than the bound. */
  | 'too-large'
  /** More data than the file can hold: parts of it are used again and again. */
  | 'overlapping'
  /** Grows more than any real image does when it is unpacked. */
  | 'too-dense'
  /** Tables larger than the bound for reading them. */
  | 'too-much-metadata'
  /** The disk inside begins with the header of an image: a program that looks at it again would follow that header. */
  | 'nested-format';

type Params = Readonly<Record<string, MessageValue | string | number>>;

/** An image that is not opened, and why. Thrown before any other program has seen it. */
export class ImageRefused extends ImportError {
  override readonly name = 'ImageRefused';
  readonly reason: ImageRefusedCode;
  /** Where in the image that was found. */
  readonly offsetBytes: number | undefined;

  constructor(reason: ImageRefusedCode, params: Params, offsetBytes?: number) {
    const offset = offsetBytes === undefined ? {} : { offset: hex(offsetBytes) };
    super('image-refused', {}, { problem: message(`image.refused.${reason}`, { ...params, ...offset }) });
    this.reason = reason;
    this.offsetBytes = offsetBytes;
  }
}

/** A number as headers are documented: 0x1f. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
