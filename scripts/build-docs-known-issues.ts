/**
 * Writes docs/known-issues.md from the data in src/knowledge. With --check it writes nothing and fails when the page is not
 * what the data says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { knownIssues } from '../src/knowledge/issues/index.js';
import type { KernelRange } from '../src/knowledge/kernel-range.js';
import { type Affected, issueKey, type KnownIssue } from '../src/knowledge/known-issue.js';
import { catalogue } from '../src/words/messages/index.js';

const PAGE = new URL('../docs/known-issues.md', import.meta.url);

const INTRODUCTION = `# Known issues

Defects and surprising rules of the kernel, the kubelet and language runtimes that end in OOM kills or make them hard to read.
A report cites one of them only if it may affect the node's kernel and its symptoms are in the log. The numbers of mainline
releases say nothing about a vendor's kernel, which may have the fix, or the defect, under any number: there an issue is cited
only where the symptoms prove it by themselves.

This page is made from \`src/knowledge/issues\`, where each file also says what was verified, and where, and from the words in
\`src/words/messages/en.json\`. To change it, change the data and run \`npx tsx scripts/build-docs-known-issues.ts\`.
`;

/** The whole page, as markdown. */
export function renderKnownIssuesPage(): string {
  return [INTRODUCTION, contents(), ...knownIssues.map(section)].join('\n');
}

function contents(): string {
  return `${knownIssues.map((issue) => `- [${text(issue, 'title')}](#${issue.id})`).join('\n')}\n`;
}

function section(issue: KnownIssue): string {
  const paragraphs = [
    `<a id="${issue.id}"></a>\n\n## ${text(issue, 'title')}`,
    text(issue, 'why'),
    [
      `- Id: \`${issue.id}\``,
      ...affectedLines(issue.affects),
      `- Cited when: ${issue.symptomsInWords}`,
      ...(issue.fixedIn === undefined ? [] : [`- Fixed in: ${issue.fixedIn.join(', ')}`]),
    ].join('\n'),
    ...issue.remedies.map((remedy) => `**${remedy === 'fix' ? 'Fix' : 'Workaround'}.** ${text(issue, remedy)}`),
    `Read:\n\n${issue.links.map((link) => `- <${link}>`).join('\n')}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function text({ id }: KnownIssue, name: Parameters<typeof issueKey>[1]): string {
  return catalogue('en')[issueKey(id, name)] ?? '';
}

function affectedLines(affects: Affected): string[] {
  return [
    ...(affects.kernel === undefined ? [] : [`- Kernel: ${rangeInWords(affects.kernel)}`]),
    ...(affects.kubelet === undefined ? [] : [`- Kubelet: ${affects.kubelet}`]),
    ...(affects.runtime === undefined ? [] : [`- Runtime: ${affects.runtime}`]),
  ];
}

function rangeInWords(range: KernelRange): string {
  if (range.vendorBuilds !== undefined) return 'builds of a vendor, known by their release string';
  const bounds = [
    ...(range.from === undefined ? [] : [`from ${range.from.join('.')}`]),
    ...(range.before === undefined ? [] : [`before ${range.before.join('.')}`]),
  ];
  const stable = (range.fixedInStable ?? [])
    .map(([major, minor, patch]) => `, except ${major}.${minor}.${patch} and later ${major}.${minor} releases`)
    .join('');
  const others = range.symptomsSuffice
    ? 'Cited for unknown and vendor kernels too: the symptoms suffice.'
    : 'Not cited for vendor kernels or where the log does not name the kernel.';
  return `${bounds.join(', ')}${stable}. ${others}`;
}

function main(check: boolean): void {
  const page = renderKnownIssuesPage();
  if (!check) {
    writeFileSync(PAGE, page);
  } else if (readFileSync(PAGE, 'utf8') !== page) {
    console.error(`${fileURLToPath(PAGE)} is out of date: run npx tsx scripts/build-docs-known-issues.ts`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
