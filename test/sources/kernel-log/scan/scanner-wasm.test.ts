import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generateScannerModule } from '../../../../scripts/build-scanner.js';

it('scanner-wasm.ts is what scanner.wat compiles to', async () => {
  const committed = readFileSync(new URL('../../../../src/sources/kernel-log/scan/scanner-wasm.ts', import.meta.url), 'utf8');
  expect(committed).toBe(await generateScannerModule());
});
