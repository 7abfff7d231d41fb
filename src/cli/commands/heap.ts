import { type Command, InvalidArgumentError, Option } from 'commander';
import type { HeapChoice } from '../../sources/heap/heap-findings.js';
import { examplesText } from '../examples.js';
import { ExitCode } from '../exit-code.js';
import { addCommonOptions, type CommonOptions, languageFor, outputOption } from '../options.js';
import { parseSize } from '../size-option.js';
import { wantsColor, widthOf } from '../terminal.js';

type Options = CommonOptions & {
  readonly output: 'text' | 'json' | 'wide';
  readonly base?: string;
  readonly sort?: 'flat' | 'cum';
  readonly sampleType?: string;
  readonly count?: number;
  readonly rss?: number;
  readonly charged?: number;
  readonly cgroup?: string;
  readonly retained?: boolean;
  readonly self?: boolean;
};

/** Rows shown as text unless -n says otherwise. */
const USUAL_ROWS = 20;

export function addHeap(program: Command): void {
  const command = program
    .command('heap')
    .description('show what a heap profile holds, and whether the heap explains the memory')
    .argument('<location>', 'a file, an http(s) URL, or - for standard input')
    .option('--base <file>', 'a pprof profile to subtract: what grew since')
    .addOption(
      new Option('--sort <column>', 'functions by what they allocated, or with all they called').choices(['flat', 'cum']),
    )
    .addOption(
      new Option('--sample-type <type>', "what to count in a pprof profile (default: the profile's)").choices([
        'inuse_space',
        'alloc_space',
        'inuse_objects',
        'alloc_objects',
      ]),
    )
    .option('-n, --count <rows>', 'rows at most (default: 20 as text)', parseCount)
    .option('--rss <size>', 'the resident memory to hold the heap against, such as 512Mi', parseSize)
    .option('--charged <size>', 'what the cgroup is charged', parseSize)
    .addOption(new Option('--cgroup <target>', 'the same, read from a live cgroup: as inspect takes it').conflicts('charged'))
    .addOption(new Option('--retained', 'constructors by what would be freed with their objects').conflicts('self'))
    .option('--self', 'constructors by the size of their objects alone');
  addCommonOptions(command.addOption(outputOption(['text', 'json', 'wide'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} heap heap.pb.gz --charged 572Mi`, 'is it a heap leak?'],
      [`${name} heap http://POD:6060/debug/pprof/heap`, "with Go's own figures"],
      [`${name} heap after.pb.gz --base before.pb.gz`, 'what grew between two profiles'],
      [`jcmd 7 VM.native_memory | ${name} heap -`, 'where a JVM has its memory'],
    ]),
  );
  command.action(heap);
}

async function heap(location: string, options: Options): Promise<void> {
  const [{ readHeapEvidence }, report, { printJson }] = await Promise.all([
    import('../read-heap.js'),
    import('../../render/heap/index.js'),
    import('../../api/print.js'),
  ]);
  const lang = languageFor(options);
  const classSort = options.retained === true ? 'retained' : options.self === true ? 'self' : undefined;
  const count = options.count ?? (options.output === 'text' ? USUAL_ROWS : undefined);
  const choice: HeapChoice = { ...(count === undefined ? {} : { count }), ...(classSort === undefined ? {} : { classSort }) };
  const findings = await readHeapEvidence(location, { ...options, ...choice }, lang);
  if (findings === undefined) return;
  if (findings.isEmpty) process.exitCode = ExitCode.NothingFound;
  if (options.output === 'json') {
    process.stdout.write(printJson(report.toHeapReport(findings, { lang })));
    return;
  }
  const color = wantsColor(options.color, process.env, process.stdout);
  const wide = options.output === 'wide';
  const style = { lang, width: widthOf(process.stdout), color, wide };
  process.stdout.write(report.renderHeap(findings, style));
}

function parseCount(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('A number of rows is a positive number.');
  return Number(value);
}
