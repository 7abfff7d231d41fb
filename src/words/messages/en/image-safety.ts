/** Why an image is not opened: what was found where, and what to do. docs/image-safety.md has the attacks behind the codes. */
export const imageSafety = {
  'image.refused.polyglot':
    'image refused: it is {first} and {second} at once, and programs would disagree about which disk it is; get it from whoever made it, in one format',
  'image.refused.unsupported-format':
    'image refused: {found} is not a format that is imported; unpack or convert it to raw or qcow2 first',
  'image.refused.unsupported-variant':
    '{format} image refused: {variant} (at {offset}) is not supported; convert it to raw or qcow2 first',
  'image.refused.truncated':
    '{format} image refused: it is cut off, its {field} at {offset} is missing or not whole; transfer it again',
  'image.refused.outside-file':
    '{format} image refused: {field} (at {offset}) points to {end}, and the file ends at {sizeHex} ({size}); it was cut off, transfer it again, or it was forged',
  'image.refused.bad-field':
    '{format} image refused: {field} (at {offset}) is {value}; allowed: {allowed}. The image is damaged or forged; have qemu-img check look at the original',
  'image.refused.bad-checksum':
    '{format} image refused: the checksum of its {field} (at {offset}) is wrong; it is damaged, transfer it again',
  'image.refused.backing-file':
    '{format} image refused: it holds only what differs from another image, {name} (at {offset}); merge the two where you trust both, with qemu-img convert',
  'image.refused.external-data-file':
    '{format} image refused: its data are in another file (at {offset}); convert it to one file where that file is, with qemu-img convert',
  'image.refused.external-extent':
    '{format} image refused: it is one of the files of a disk, or refers to another file ({name}, at {offset}); convert it to one file where all of them are, with qemu-img convert',
  'image.refused.encrypted':
    '{format} image refused: it is encrypted (at {offset}); decrypt it first, with qemu-img convert and its key',
  'image.refused.unknown-feature':
    '{format} image refused: it has features that are not known ({bits}, at {offset}) and says that it must not be opened then; convert it with the program that made it',
  'image.refused.marked-corrupt':
    '{format} image refused: the program that last wrote it marked it as corrupt (at {offset}); repair a copy with qemu-img check -r all',
  'image.refused.unclean':
    '{format} image refused: it was not closed after the last write (at {offset}); open and close it with the program that wrote it',
  'image.refused.too-large':
    'image refused: the disk in it is of {size}, more than {limit}; if that is no mistake, convert it with qemu-img where you trust it',
  'image.refused.overlapping':
    '{format} image refused: it claims {data} of its own {size}: parts of it are used again and again, which no program writes',
  'image.refused.too-dense':
    '{format} image refused: {in} would become {out}, over {ratio} times as much: no real image does that',
  'image.refused.too-much-metadata':
    '{format} image refused: its {field} would take {bytes} to read, more than {limit}; no sane image needs that much',
  'image.refused.nested-format':
    '{format} image refused: the disk in it begins as {found} does (at {offset}), and a program that guesses formats would open that; if it is what you want, take the inner image out first and import that',
  'image.unnamed': 'which it does not name',
} as const;
