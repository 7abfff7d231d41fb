import type { AnchorScanner } from './anchor-scanner.js';
import { createPlainScanner } from './plain-scanner.js';
import { createSimdScanner } from './simd-scanner.js';

export type { AnchorScanner } from './anchor-scanner.js';
export { createPlainScanner } from './plain-scanner.js';

/** The fastest scanner that the engine allows: SIMD in WebAssembly, else plain JavaScript with the same results. */
export function createScanner(capacity: number): AnchorScanner {
  try {
    return createSimdScanner(capacity);
  } catch {
    return createPlainScanner(capacity);
  }
}
