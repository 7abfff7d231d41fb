/** TypeScript knows it in the browser's library only. */
declare global {
  namespace WebAssembly {
    class Memory {
      constructor(descriptor: { readonly initial: number });
      readonly buffer: ArrayBuffer;
    }
  }
}

const WASM_PAGE_BYTES = 65_536;

/** Enough for every disk: O_DIRECT asks for the logical block size, at most a page of 4 KiB here (open(2)). */
export const ALIGNMENT = 4096;

/** Rounds up to a multiple. */
export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/**
 * Memory that begins at a page, as O_DIRECT wants it: V8 maps a WebAssembly.Memory, and no garbage collection moves it. Rounded up
 * to 64 KiB.
 */
export function pageAligned(lengthBytes: number): Uint8Array {
  return new Uint8Array(new WebAssembly.Memory({ initial: Math.ceil(lengthBytes / WASM_PAGE_BYTES) }).buffer);
}

/** Page-aligned buffers of a fixed number: who takes one too many waits. */
export class AlignedPool {
  readonly #free: Uint8Array[];
  readonly #waiting: ((buffer: Uint8Array) => void)[] = [];

  constructor(count: number, bufferBytes: number) {
    const memory = pageAligned(count * bufferBytes);
    this.#free = Array.from({ length: count }, (_, index) => memory.subarray(index * bufferBytes, (index + 1) * bufferBytes));
  }

  take(): Uint8Array | Promise<Uint8Array> {
    return this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  give(buffer: Uint8Array): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(buffer);
    else next(buffer);
  }
}
