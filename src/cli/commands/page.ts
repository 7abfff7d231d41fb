import { type Command, InvalidArgumentError } from 'commander';
import { examplesText } from '../examples.js';
import { addCommonOptions, type CommonOptions, languageFor } from '../options.js';
import { UsageError } from '../usage-error.js';

type Options = CommonOptions & { readonly port: number; readonly open: boolean };

export function addPage(program: Command): void {
  const command = program
    .command('page')
    .description('look at logs, bundles, recordings and heap profiles in a browser; nothing leaves this machine')
    .argument('[file...]', 'kernel logs (plain, .gz), directories of them, evidence bundles, recordings, heap profiles')
    .option('--port <port>', 'the port on 127.0.0.1 to serve the page at; 0 takes a free one', parsePort, 0)
    .option('--no-open', 'print the address and open no browser');
  addCommonOptions(command);
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} page`, 'the page, to paste a log into'],
      [`${name} page kern.log`, 'with a log in it'],
      [`${name} page kern.log heap.pb.gz`, 'a kill, and the heap of what was killed'],
      [`${name} page writeback.json directsync.json`, 'two runs of oomkit lab, side by side'],
      [`${name} page --no-open --port 8080 /var/log`, 'on a server: ssh -L 8080:127.0.0.1:8080 leads there'],
    ]),
  );
  command.action(page);
}

async function page(paths: readonly string[], options: Options): Promise<void> {
  if (paths.includes('-')) {
    throw new UsageError(
      'a page reads files, not standard input: save it to a file, or make a page of it with diagnose - -o html',
    );
  }
  const { runPage } = await import('../page/run-page.js');
  await runPage(paths, { port: options.port, opensBrowser: options.open, lang: languageFor(options) });
}

function parsePort(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port > 65_535) throw new InvalidArgumentError('A port is a number up to 65535.');
  return port;
}
