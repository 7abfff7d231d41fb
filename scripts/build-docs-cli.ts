/**
 * Brings the help texts in docs/cli.md up to date: each block of text that begins with `Usage: oomkit`. With --check it writes
 * nothing and fails when one is not what the program prints.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProgram } from '../src/cli/program.js';

const PAGE = new URL('../docs/cli.md', import.meta.url);
const HELP_BLOCK = /^```text\nUsage: oomkit ([a-z]*).*?\n```$/gms;
const WIDTH = 80;

/** The page with the help texts of the program as it is. Throws when it describes a command that does not exist. */
export function withCurrentHelp(page: string): string {
  return page.replace(HELP_BLOCK, (_, command: string) => `\`\`\`text\n${helpOf(command).trim()}\n\`\`\``);
}

/** The help of a command, or of the program when the name is empty, as it is printed 80 columns wide. */
function helpOf(name: string): string {
  const program = createProgram('oomkit');
  const command = name === '' ? program : program.commands.find((candidate) => candidate.name() === name);
  if (command === undefined) throw new Error(`docs/cli.md describes '${name}', which is not a command`);
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
