import type { GuardInherited } from '../model/index.js';

/** The highest a figure came to, told apart from what was above the bound before the guard came. */
export class Peak {
  readonly #boundBytes: number;
  #bytes: number | undefined;
  #inherited: GuardInherited | undefined;

  constructor(boundBytes: number) {
    this.#boundBytes = boundBytes;
  }

  /** The highest from the first moment at or below the bound; of the time before, by how much what was inherited grew. */
  get bytes(): number | undefined {
    return this.#bytes;
  }

  get inherited(): GuardInherited | undefined {
    return this.#inherited;
  }

  /** What is there when the guard comes. */
  inherit(bytes: number): void {
    if (bytes > this.#boundBytes) this.#inherited = { bytes };
  }

  see(bytes: number, wallSeconds: number): void {
    if (this.#inherited !== undefined && this.#inherited.wornOffSeconds === undefined) {
      if (bytes > this.#boundBytes) {
        this.#bytes = Math.max(this.#bytes ?? 0, bytes - this.#inherited.bytes);
        return;
      }
      this.#inherited = { ...this.#inherited, wornOffSeconds: wallSeconds };
    }
    this.#bytes = Math.max(this.#bytes ?? 0, bytes);
  }
}
