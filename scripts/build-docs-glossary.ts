/**
 * Writes docs/glossary.md from the data in src/words/glossary. With --check it writes nothing and fails when the page is not
 * what the data says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { glossaryMarkdown } from '../src/render/glossary/markdown.js';

const PAGE = new URL('../docs/glossary.md', import.meta.url);

const INTRODUCTION = `# Glossary

Every term that oomkit's reports and the kernel's OOM reports use, in English and Chinese, for readers who know Kubernetes but
not the kernel's memory management. \`oomkit glossary TERM\` prints an entry; it also takes a pasted line such as
\`gfp_mask=0x101c4a(GFP_NOFS|__GFP_WRITE)\`.

This page is made from \`src/words/glossary\`. To change it, change the data and run
\`npx tsx scripts/build-docs-glossary.ts\`.
`;

/** The whole page, as markdown. */
export function renderGlossaryPage(): string {
  return `${INTRODUCTION}\n${glossaryMarkdown()}\n`;
}

function main(check: boolean): void {
  const page = renderGlossaryPage();
  if (!check) {
    writeFileSync(PAGE, page);
  } else if (readFileSync(PAGE, 'utf8') !== page) {
    console.error(`${fileURLToPath(PAGE)} is out of date: run npx tsx scripts/build-docs-glossary.ts`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
