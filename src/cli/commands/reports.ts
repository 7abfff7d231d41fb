import type { Command } from 'commander';
import { examplesText } from '../examples.js';
import { addCommonOptions, addInputOptions, type CommonOptions, type InputOptions, outputOption } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';

type Options = InputOptions & CommonOptions & { readonly output: 'text' | 'wide' | 'json' };

export function addReports(program: Command): void {
  const command = program.command('reports').description('list the OOM reports found in the logs, one line each');
  addCommonOptions(addInputOptions(command).addOption(outputOption(['text', 'wide', 'json'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} reports /var/log`, 'what was killed, when, at whose limit'],
      [`${name} reports --kmsg`, "from the node's live kernel log"],
      [`${name} reports kern.log.1.gz -o json`, 'every field of every report'],
    ]),
  );
  command.action(listReports);
}

async function listReports(paths: readonly string[], options: Options): Promise<void> {
  const [{ readIncidents }, report] = await Promise.all([import('../read-incidents.js'), import('../../render/index.js')]);
  const { incidents, lang, exitCode } = await readIncidents(paths, options);
  process.exitCode = exitCode;
  if (options.output === 'json') {
    process.stdout.write(report.printJson(report.toReportList(incidents.map((incident) => incident.report))));
    return;
  }
  if (incidents.length === 0) return;
  const color = wantsColor(options.color, process.env, process.stdout);
  const wide = options.output === 'wide';
  process.stdout.write(report.renderReports(incidents, { lang, width: widthOf(process.stdout), color, wide }));
}
