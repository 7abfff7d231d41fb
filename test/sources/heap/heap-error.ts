import { expect } from 'vitest';
import { type HeapErrorCode, HeapProfileError } from '../../../src/sources/heap/errors.js';

/** Expects `action` to fail with a HeapProfileError of the given code, and returns it. */
export async function expectHeapError(code: HeapErrorCode, action: () => unknown): Promise<HeapProfileError> {
  let failure: unknown;
  try {
    await action();
  } catch (error) {
    failure = error;
  }
  if (!(failure instanceof HeapProfileError)) throw new Error(`expected a HeapProfileError ${code}, got ${String(failure)}`);
  expect(failure.code).toBe(code);
  return failure;
}
