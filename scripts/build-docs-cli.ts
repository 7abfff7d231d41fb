/**
 * Brings the help texts in docs/cli.md up to date: each block of text that begins with `Usage: oomkit`. With --check it writes
 * nothing and fails when one is not what the program prints.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProgram } from '../src/cli/program.js';

const PAGE = new URL('../docs/cli.md', import.meta.url);
const HELP_BLOCK = /^```text\nUsage: oomkit((?: [a-z]+)*).*?\n```$/gms;
const WIDTH = 80;

/** The page with the help texts of the program as it is. Throws when it describes a command that does not exist. */
export function withCurrentHelp(page: string): string {
  return page.replace(HELP_BLOCK, (_, names: string) => `\`\`\`text\n${helpOf(names.split(' ').filter(Boolean)).trim()}\n\`\`\``);
}

/** The help of a command, named by the words that lead to it, or of the program, as it is printed 80 columns wide. */
function helpOf(names: readonly string[]): string {
  const command = names.reduce((parent, name) => {
    const child = parent.commands.find((candidate) => candidate.name() === name);
    if (child === undefined) throw new Error(`docs/cli.md describes '${names.join(' ')}', which is not a command`);
    return child;
  }, createProgram('oomkit'));
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => WIDTH,
  });
  command.outputHelp();
  return help;
}

function main(check: boolean): void {
  const page = readFileSync(PAGE, 'utf8');
  const current = withCurrentHelp(page);
  if (!check) {
    writeFileSync(PAGE, current);
  } else if (current !== page) {
    console.error(`${fileURLToPath(PAGE)} is out of date: run npm run generate`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
