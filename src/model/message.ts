/**
 * A sentence before it is put into words: diagnosis states facts as a key and parameters, report turns them into English
 * or Chinese. This keeps every sentence in the message catalogues and every number exact until it is shown.
 */

/** A value inside a sentence; its kind tells the renderer how to show it. */
export type MessageValue =
  | { readonly kind: 'bytes'; readonly value: number }
  | { readonly kind: 'ratio'; readonly value: number }
  | { readonly kind: 'count'; readonly value: number }
  | { readonly kind: 'seconds'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'message'; readonly value: Message };

/** A catalogue key with the values of its placeholders. */
export interface Message {
  readonly key: string;
  readonly params: Readonly<Record<string, MessageValue>>;
}

/** Builds a message. Plain strings become text and plain numbers counts; sizes and shares are marked with bytes() and ratio(). */
export function message(key: string, params: Readonly<Record<string, MessageValue | string | number>> = {}): Message {
  const values: Record<string, MessageValue> = {};
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') values[name] = { kind: 'text', value };
    else if (typeof value === 'number') values[name] = { kind: 'count', value };
    else values[name] = value;
  }
  return { key, params: values };
}

/** A size, in bytes. */
export function bytes(value: number): MessageValue {
  return { kind: 'bytes', value };
}

/** A share, 0..1, shown as a percentage. */
export function ratio(value: number): MessageValue {
  return { kind: 'ratio', value };
}

/** A duration, in seconds. */
export function seconds(value: number): MessageValue {
  return { kind: 'seconds', value };
}

/** A message inside a message. */
export function nested(value: Message): MessageValue {
  return { kind: 'message', value };
}
