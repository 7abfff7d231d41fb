/**
 * Compiles src/sources/kernel-log/scan/scanner.wat into scanner-wasm.ts beside it. With --check it writes nothing and fails when that
 * file is not what the source compiles to.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import loadWabt from 'wabt';

const SOURCE = new URL('../src/sources/kernel-log/scan/scanner.wat', import.meta.url);
const TARGET = new URL('../src/sources/kernel-log/scan/scanner-wasm.ts', import.meta.url);

/** The text of scanner-wasm.ts. Throws with the place in the source when it does not compile. */
export async function generateScannerModule(): Promise<string> {
  const wabt = await loadWabt();
  const module = wabt.parseWat('scanner.wat', readFileSync(SOURCE, 'utf8'), { simd: true });
  try {
    module.validate();
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
    const lines = (base64.match(/.{1,120}/g) ?? []).map((line) => `  '${line}'`);
    return [
      '// Generated from scanner.wat by scripts/build-scanner.ts. Do not edit.',
      '',
      '/** The compiled scanner, base64. */',
      'export const SCANNER_WASM =',
      `${lines.join(' +\n')};`,
      '',
    ].join('\n');
  } finally {
    module.destroy();
  }
}

async function main(check: boolean): Promise<void> {
  const generated = await generateScannerModule();
  if (!check) {
    writeFileSync(TARGET, generated);
  } else if (readFileSync(TARGET, 'utf8') !== generated) {
    console.error(`${fileURLToPath(TARGET)} is out of date: run npx tsx scripts/build-scanner.ts`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'));
