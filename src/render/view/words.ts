import { type Message, type MessageValue, message } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { type MessageStyle, renderMessage } from '../../words/messages/render.js';

/** The words of one output: its language, its escaping, its catalogues. */
export interface Words {
  readonly style: MessageStyle;
  /** The renderers' own words. */
  label(key: LabelKey, params?: Readonly<Record<string, MessageValue | string | number>>): string;
  /** A message of any stage. */
  render(message: Message): string;
  /** Messages joined as an enumeration. */
  list(messages: readonly Message[]): string;
}

export function words(style: MessageStyle): Words {
  const render = (text: Message): string => renderMessage(text, style);
  const label: Words['label'] = (key, params = {}) => render(message(key, params));
  return { style, label, render, list: (messages) => messages.map(render).join(label('list.separator')) };
}

/** A message of the renderers' own catalogue, its key checked by the compiler. */
export function say(key: LabelKey, params: Readonly<Record<string, MessageValue | string | number>> = {}): Message {
  return message(key, params);
}
