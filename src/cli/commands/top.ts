import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { TopColumnId } from '../../render/index.js';
import type { SampleScope } from '../../sources/cgroup/node-sample.js';
import { examplesText } from '../examples.js';
import { ExitCode } from '../exit-code.js';
import { addCommonOptions, type CommonOptions, languageFor, outputOption } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { UsageError } from '../usage-error.js';

const SORTABLE = [
  'memory',
  'usage',
  'limit',
  'percent',
  'anon',
  'file',
  'dirty',
  'shmem',
  'kernel',
  'swap',
  'peak',
  'hits',
  'oom-kills',
  'name',
  'pod',
] as const satisfies readonly TopColumnId[];

const REDRAW_MS = 2000;
/** Moves to the upper left corner and clears from there (ECMA-48 CUP and ED). */
const CLEAR_SCREEN = '\x1b[H\x1b[J';

type Options = CommonOptions & {
  readonly output: 'text' | 'wide' | 'json';
  readonly all?: boolean;
  readonly watch?: boolean;
  readonly sortBy: TopColumnId;
};

export function addTop(program: Command): void {
  const command = program
    .command('top')
    .description("show the memory of the node's containers, or of all its cgroups with processes where there are none")
    .option('--all', 'every cgroup: pods, slices and empty ones too')
    .addOption(new Option('--sort-by <column>', 'the largest first').choices(SORTABLE).default('memory'))
    .option('-w, --watch', 'draw it again every 2 seconds, until Ctrl-C');
  addCommonOptions(command.addOption(outputOption(['text', 'wide', 'json'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} top`, 'by working set, as kubectl top does'],
      [`${name} top --sort-by dirty -w`, 'who fills the page cache faster than the disk drains it'],
      [`${name} top --all -o wide`, 'with swap, peak, limit hits and OOM kills'],
    ]),
  );
  command.action(top);
}

async function top(options: Options): Promise<void> {
  if (options.watch === true && options.output === 'json') throw new UsageError('--watch draws a table: leave out -o json');
  const draw = await drawing(options);
  if (options.watch !== true) {
    draw('');
    return;
  }
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  while (draw(process.stdout.isTTY ? CLEAR_SCREEN : '')) {
    try {
      await delay(REDRAW_MS, undefined, { signal: controller.signal });
    } catch {
      // Ctrl-C is how watching ends.
      return;
    }
  }
}

/** Takes a sample and prints it after `before`; false when there was nothing to read. */
async function drawing(options: Options): Promise<(before: string) => boolean> {
  const [{ findMemoryHierarchy }, { sampleNode }, { readHost }, { thisHost }, report] = await Promise.all([
    import('../../sources/cgroup/mounts.js'),
    import('../../sources/cgroup/node-sample.js'),
    import('../host-problem.js'),
    import('../../sources/host/host.js'),
    import('../../render/index.js'),
  ]);
  const lang = languageFor(options);
  const scope: SampleScope = options.all === true ? 'all' : 'busy';
  return (before) => {
    const sample = readHost(() => sampleNode(findMemoryHierarchy(thisHost), scope), lang, options.debug);
    if (sample === undefined) return false;
    const rows = report.sortRows(sample, options.sortBy);
    if (options.output === 'json') {
      process.stdout.write(report.printJson(report.toCgroupMemoryList(rows, new Date().toISOString())));
    } else if (rows.length > 0) {
      const wide = options.output === 'wide';
      const color = wantsColor(options.color, process.env, process.stdout);
      const style = { lang, width: widthOf(process.stdout), color, wide };
      process.stdout.write(before + report.renderTop(rows, report.columnsFor(rows, wide), style));
    }
    if (rows.length > 0) return true;
    process.stderr.write(`oomkit: ${report.renderMessage({ key: 'top.nothing', params: {} }, { lang })}\n`);
    process.exitCode = ExitCode.NothingFound;
    return options.watch === true;
  };
}
