import type { Command } from 'commander';
import { examplesText } from '../examples.js';
import { addCommonOptions, addInputOptions, type CommonOptions, type InputOptions, outputOption } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';

type Options = InputOptions & CommonOptions & { readonly output: 'text' | 'wide' | 'json' | 'markdown' | 'md' };

export function addDiagnose(program: Command): void {
  const command = program.command('diagnose').description('tell why processes were OOM-killed, with the evidence and what to do');
  addCommonOptions(addInputOptions(command).addOption(outputOption(['text', 'wide', 'json', 'markdown', 'md'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} diagnose kern.log`, 'why each process was killed'],
      [`${name} diagnose /var/log --pod 6b212546`, 'the kills of one pod'],
      [`ssh NODE dmesg | ${name} diagnose -`, "from a node's kernel log"],
      [`${name} diagnose --journal --since -2h -o wide`, 'with the task table'],
      [`${name} diagnose kern.log -o markdown`, 'to paste into a ticket'],
    ]),
  );
  command.action(diagnose);
}

async function diagnose(paths: readonly string[], options: Options): Promise<void> {
  const [{ readIncidents }, diagnosis, report] = await Promise.all([
    import('../read-incidents.js'),
    import('../../diagnosis/index.js'),
    import('../../report/index.js'),
  ]);
  const { incidents, lang, warnings, exitCode } = await readIncidents(paths, options);
  const diagnoses = incidents.map(diagnosis.diagnose);
  const wide = options.output === 'wide';
  process.exitCode = exitCode;
  switch (options.output) {
    case 'json':
      process.stdout.write(report.printJson(report.toDiagnosisList(diagnoses, warnings, { lang })));
      break;
    case 'markdown':
    case 'md':
      process.stdout.write(report.renderMarkdown(diagnoses, { lang }));
      break;
    default: {
      const color = wantsColor(options.color, process.env, process.stdout);
      process.stdout.write(report.renderTerminal(diagnoses, { lang, width: widthOf(process.stdout), color, wide }));
    }
  }
}
