import * as published from '@kubernetes/client-node';

interface Attribute {
  readonly name: string;
  readonly baseName: string;
  readonly type: string;
}

/** The types of the published OpenAPI document, as the client library has them. */
const TYPES = published as unknown as Readonly<Record<string, { getAttributeTypeMap?: () => readonly Attribute[] } | undefined>>;

/** Where an object departs from its published type: fields that are not in it, and values of another type. */
export function departures(value: unknown, type: string, at = type): string[] {
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) {
    return Array.isArray(value)
      ? value.flatMap((item, index) => departures(item, list, `${at}[${index}]`))
      : [`${at} is no list`];
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (map !== undefined) {
    return isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => departures(item, map, `${at}.${key}`))
      : [`${at} is no map`];
  }
  const attributes = TYPES[type]?.getAttributeTypeMap?.();
  if (attributes === undefined) return isPrimitive(value, type) ? [] : [`${at} is not ${type}`];
  if (!isObject(value)) return [`${at} is no object`];
  return Object.entries(value).flatMap(([key, item]) => {
    const attribute = attributes.find(({ baseName }) => baseName === key);
    if (attribute === undefined) return [`${at}.${key} is not in ${type}`];
    // The API sends null for a time that it does not have.
    return item === null && /^Date$|MicroTime$/.test(attribute.type) ? [] : departures(item, attribute.type, `${at}.${key}`);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPrimitive(value: unknown, type: string): boolean {
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'Date':
    case 'V1MicroTime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'IntOrString':
      return typeof value === 'string' || typeof value === 'number';
    default:
      return type === 'any' || type === 'object';
  }
}
