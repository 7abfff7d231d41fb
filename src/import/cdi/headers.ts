/** RFC 9110, 5.1 and 5.5: a name is a token, a value has no line breaks. */
const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\r\n]*)$/;

/** The name, in lower case, and the value of a header as a text; undefined when it is none. */
export function headerOf(text: string): readonly [string, string] | undefined {
  const [, name, value] = HEADER.exec(text.trim()) ?? [];
  return name === undefined || value === undefined ? undefined : [name.toLowerCase(), value];
}
