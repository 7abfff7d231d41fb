import { once } from 'node:events';
import { pageEvidence, pageForServer, renderPage } from '../../inquiry/page.js';
import { type Message, message } from '../../model/index.js';
import { errnoOf } from '../../sources/kernel-log/readers/read-error.js';
import type { Language } from '../../words/language.js';
import { renderMessage } from '../../words/messages/render.js';
import { ExitCode } from '../exit-code.js';
import { UsageError } from '../usage-error.js';
import { readBuiltPage } from './built-page.js';
import { offerFiles } from './offered-files.js';
import { openBrowser } from './open-browser.js';

export interface PageChoice {
  readonly port: number;
  readonly opensBrowser: boolean;
  readonly lang: Language;
}

/** Serves the page with the files until Ctrl-C. Its address is printed on standard output, everything else on standard error. */
export async function runPage(paths: readonly string[], { port, opensBrowser, lang }: PageChoice): Promise<void> {
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  const { files, problems } = offerFiles(paths);
  for (const problem of problems) say(problem);
  if (paths.length > 0 && files.length === 0) {
    if (problems.length === 0) say(message('found.nothing', { where: { kind: 'message', value: namedIn(paths) } }));
    process.exitCode = problems.length === 0 ? ExitCode.NothingFound : ExitCode.Unreadable;
    return;
  }
  const served = files.map(({ path, sizeBytes }, index) => ({ name: path, url: `files/${index}`, sizeBytes }));
  const page = renderPage(pageForServer(readBuiltPage()), pageEvidence(lang, { files: served, warnings: problems }));
  const { servePage } = await import('./page-server.js');
  const server = await servePage(page, files, port).catch((error: unknown) => {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw new UsageError(`port ${port} cannot be used (${errno}): choose another, or leave --port out`);
  });
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  process.stdout.write(`${server.url}\n`);
  say(message('page-command.serving'));
  if (opensBrowser && !(await openBrowser(server.url, process.env, process.platform))) say(message('page-command.no-browser'));
  await interrupted;
  await server.close();
  process.exitCode = problems.length > 0 ? ExitCode.PartlyRead : ExitCode.Done;
}

function namedIn(paths: readonly string[]): Message {
  const [first = '', ...others] = paths;
  return message(others.length === 0 ? 'found.input' : 'found.inputs', { first, others: others.length });
}
