/** A variant as the command line gives it. */
export interface Variant {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/** A word of the command that is replaced whole by the variant's words, or a part of it by the variant's text. */
const PLACEHOLDER = '{}';

/**
 * The command of one variant. A word that is `{}` alone becomes the words of the text, as many as there are, none for an empty
 * text; `{}` inside a longer word becomes the text as it is. Words are parted at blanks, and no shell ever sees them: quotes mean
 * nothing. Undefined when the command has no place for the text.
 */
export function commandOf(template: readonly string[], text: string): readonly string[] | undefined {
  if (!template.some((word) => word.includes(PLACEHOLDER))) return undefined;
  const words = text.split(/\s+/).filter((word) => word !== '');
  return template.flatMap((word) => (word === PLACEHOLDER ? words : [word.replaceAll(PLACEHOLDER, text)]));
}

/** `NAME=TEXT` in its two parts; the text may be empty and may hold `=`. Undefined for another shape. */
export function parseVariant(value: string): { readonly name: string; readonly text: string } | undefined {
  const [, name, text] = /^([^=\s]{1,40})=(.*)$/s.exec(value) ?? [];
  return name === undefined || text === undefined ? undefined : { name, text };
}

/** The cache modes of a qemu-img convert's target, and what each means for the page cache (docs/interop, `qemu-img -t`). */
const QEMU_CACHE_MODES = ['writeback', 'unsafe', 'none', 'writethrough', 'directsync'] as const;

/** An image to convert, and where to. */
export interface Conversion {
  readonly source: string;
  readonly format: string;
  readonly target: string;
  /** The source is read past the page cache, which then shows the target alone; not every file system allows it. */
  readonly readsDirectly: boolean;
}

/** The variants of the preset: one source, one target, raw. They differ in how the target is written. */
export function qemuCacheModes({ source, format, target, readsDirectly }: Conversion): Variant[] {
  const reading = readsDirectly ? ['-T', 'none'] : [];
  return QEMU_CACHE_MODES.map((name) => ({
    name,
    command: ['qemu-img', 'convert', '-t', name, ...reading, '-f', format, '-O', 'raw', source, target],
  }));
}
