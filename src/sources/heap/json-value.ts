import { HeapProfileError } from './errors.js';

/** A parsed JSON value; objects are Maps, so that no key of the input can be mistaken for a member of Object. */
export type JsonValue = string | number | null | JsonValue[] | Map<string, JsonValue>;

/** A header has some hundred values; a document that has more of them is not one. */
const MAX_VALUES = 10_000;

/** Puts a small JSON value together from the events of a JsonTokenizer. Literals (true, false, null) become null. */
export class JsonValueBuilder {
  private readonly open: (JsonValue[] | Map<string, JsonValue>)[] = [];
  private readonly keys: string[] = [];
  private count = 0;
  private root: JsonValue | undefined;

  /** The value, once its last bracket is closed. */
  get value(): JsonValue | undefined {
    return this.open.length === 0 ? this.root : undefined;
  }

  key(name: string): void {
    this.keys.push(name);
  }

  start(container: JsonValue[] | Map<string, JsonValue>): void {
    this.add(container);
    this.open.push(container);
  }

  finish(): void {
    this.open.pop();
  }

  add(value: JsonValue): void {
    if (++this.count > MAX_VALUES)
      throw new HeapProfileError('malformed', `the snapshot's header has more than ${MAX_VALUES} values`);
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = value;
    else if (parent instanceof Map) parent.set(this.keys.pop() ?? '', value);
    else parent.push(value);
  }
}
