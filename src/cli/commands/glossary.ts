import type { Command } from 'commander';
import { examplesText } from '../examples.js';
import { ExitCode } from '../exit-code.js';
import { addCommonOptions, type CommonOptions, languageFor, outputOption } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';

type Options = CommonOptions & { readonly output: 'text' | 'json' };

export function addGlossary(program: Command): void {
  const command = program
    .command('glossary')
    .description('explain a word of the report or a line of the log; without one, list all');
  command.argument('[term...]', 'a term in any spelling, or a quoted piece of a kernel log');
  addCommonOptions(command.addOption(outputOption(['text', 'json'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} glossary`, 'every term, one sentence each'],
      [`${name} glossary working set`, 'one term in full'],
      [`${name} glossary 'gfp_mask=0xd0(GFP_KERNEL)'`, 'the terms in a line'],
    ]),
  );
  command.action(explain);
}

async function explain(words: readonly string[], options: Options): Promise<void> {
  const [{ findTerm }, { listTerms }, render, { printJson }] = await Promise.all([
    import('../../words/glossary/find.js'),
    import('../../words/glossary/topics.js'),
    import('../../render/glossary/render.js'),
    import('../../api/print.js'),
  ]);
  const query = words.join(' ');
  const answer = findTerm(query);
  const found = query === '' || answer.exact !== undefined || answer.parts.length > 0;
  process.exitCode = found ? ExitCode.Done : ExitCode.NothingFound;
  if (options.output === 'json') {
    process.stdout.write(printJson(query === '' ? listTerms() : answer));
    return;
  }
  const stream = found ? process.stdout : process.stderr;
  const style = { lang: languageFor(options), width: widthOf(stream), color: wantsColor(options.color, process.env, stream) };
  stream.write(query === '' ? render.renderGlossaryList(listTerms(), style) : render.renderGlossaryAnswer(query, answer, style));
}
