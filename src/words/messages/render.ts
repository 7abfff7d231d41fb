import type { Message, MessageValue } from '../../model/index.js';
import { formatCount, formatRatio } from '../format/number.js';
import { formatBytes, formatBytesExact } from '../format/size.js';
import { formatSeconds } from '../format/time.js';
import type { Language } from '../language.js';
import { printable } from '../printable.js';
import { type Catalogue, catalogue } from './index.js';

/** How a message is put into words. */
export interface MessageStyle {
  readonly lang: Language;
  /** `binary`, the default: 572.2 MiB. `exact`: 585936 KiB. */
  readonly bytes?: 'binary' | 'exact';
  /** Escaping for a medium with markup; plain text needs none. */
  readonly markup?: Markup;
  /** Catalogues looked in before the built-in ones. */
  readonly catalogues?: Partial<Readonly<Record<Language, Catalogue>>>;
}

/** How a medium with markup shows plain text. Code between backticks in a template is its own. */
export interface Markup {
  /** A text value, after unsafe characters were made visible. `quoted`: the template itself sets it between backticks. */
  value(text: string, quoted: boolean): string;
  /** The words of a template outside backticks. */
  words(text: string): string;
}

/** `{name}`, or `{name|one:kill|other:kills}`: a count followed by its noun in the form of its plural category. */
const PLACEHOLDER = /\{([a-zA-Z][a-zA-Z0-9]*)((?:\|[a-z]+:[^{}|]*)*)\}/g;

/**
 * Puts a message into words. Text values come from logs and are made printable. A key no catalogue knows is shown as it is,
 * a placeholder without a value too: a report with a hole is better than none.
 */
export function renderMessage(message: Message, style: MessageStyle): string {
  const found = findTemplate(message.key, style);
  if (found === undefined) return textValue(message.key, style, false);
  const template = style.markup === undefined ? found : markUp(found, style.markup);
  return template.replace(PLACEHOLDER, (placeholder, name: string, forms: string, offset: number) => {
    const value = Object.hasOwn(message.params, name) ? message.params[name] : undefined;
    if (value === undefined) return placeholder;
    const quoted = template[offset - 1] === '`' && template[offset + placeholder.length] === '`';
    const shown = renderValue(value, style, quoted);
    return forms === '' ? shown : `${shown} ${formFor(Number(value.value), forms, style.lang)}`;
  });
}

/** The form of a noun for a count: of its category (https://www.unicode.org/reports/tr35/tr35-numbers.html#Language_Plural_Rules), else `other`. */
function formFor(count: number, forms: string, lang: Language): string {
  const category = new Intl.PluralRules(lang).select(count);
  const form = (name: string): string | undefined => new RegExp(`\\|${name}:([^|]*)`).exec(forms)?.[1];
  return form(category) ?? form('other') ?? '';
}

function findTemplate(key: string, style: Pick<MessageStyle, 'lang' | 'catalogues'>): string | undefined {
  const candidates = [style.catalogues?.[style.lang], catalogue(style.lang), style.catalogues?.en, catalogue('en')];
  for (const candidate of candidates) {
    if (candidate !== undefined && Object.hasOwn(candidate, key)) return candidate[key];
  }
  return undefined;
}

function renderValue(value: MessageValue, style: MessageStyle, quoted: boolean): string {
  switch (value.kind) {
    case 'bytes':
      return style.bytes === 'exact' ? formatBytesExact(value.value) : formatBytes(value.value);
    case 'ratio':
      return formatRatio(value.value, style.lang);
    case 'count':
      return formatCount(value.value);
    case 'seconds':
      return formatSeconds(value.value, style.lang);
    case 'text':
      return textValue(value.value, style, quoted);
    case 'message':
      return renderMessage(value.value, style);
  }
}

function textValue(value: string, { markup }: MessageStyle, quoted: boolean): string {
  const text = printable(value);
  return markup === undefined ? text : markup.value(text, quoted);
}

function markUp(template: string, markup: Markup): string {
  return template
    .split('`')
    .map((part, index) => (index % 2 === 0 ? markup.words(part) : part))
    .join('`');
}
