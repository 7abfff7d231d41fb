/** What --reset gives: the command's words, parted at blanks, for no shell sees them. Nothing when it is not given. */
export function resetOf(text: string | undefined): { readonly reset?: readonly [string, ...string[]] } {
  const [file, ...args] = (text ?? '').split(/\s+/).filter((word) => word !== '');
  return file === undefined ? {} : { reset: [file, ...args] };
}
