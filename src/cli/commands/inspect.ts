import type { Command } from 'commander';
import { examplesText } from '../examples.js';
import { addCommonOptions, type CommonOptions, languageFor, outputOption } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';

type Options = CommonOptions & { readonly output: 'text' | 'wide' | 'json' };

export function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .description('show what fills a live cgroup, and what a kill now would be blamed on')
    .argument('<target>', "a pid, a cgroup's path, the beginning of a container id or pod UID, or self");
  addCommonOptions(command.addOption(outputOption(['text', 'wide', 'json'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} inspect self`, 'the container oomkit runs in'],
      [`${name} inspect 4711`, 'the cgroup of a process'],
      [`${name} inspect ea887b1c9c5c`, 'a container, by the beginning of its id'],
      [`${name} inspect /system.slice -o wide`, 'a cgroup by its path, with all its processes'],
    ]),
  );
  command.action(inspect);
}

async function inspect(target: string, options: Options): Promise<void> {
  const [{ inspectCgroup }, { readHost }, { thisHost }, report] = await Promise.all([
    import('../inspect-cgroup.js'),
    import('../host-problem.js'),
    import('../../sources/host/host.js'),
    import('../../render/index.js'),
  ]);
  const lang = languageFor(options);
  const inspection = readHost(() => inspectCgroup(thisHost, target, new Date()), lang, options.debug);
  if (inspection === undefined) return;
  if (options.output === 'json') {
    process.stdout.write(report.printJson(report.toInspection(inspection, { lang })));
    return;
  }
  const color = wantsColor(options.color, process.env, process.stdout);
  const wide = options.output === 'wide';
  process.stdout.write(report.renderInspection(inspection, { lang, width: widthOf(process.stdout), color, wide }));
}
