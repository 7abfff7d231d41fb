import { type Command, Option } from 'commander';
import { examplesText } from '../examples.js';
import { addCommonOptions, type CommonOptions, languageFor } from '../options.js';

type Options = CommonOptions & {
  readonly output: string;
  readonly cgroup?: string;
  readonly pid?: string;
  readonly container?: string;
  readonly pod?: string;
  readonly heap: readonly string[];
  readonly log?: string;
  readonly since?: string;
  readonly hostname?: boolean;
  readonly force?: boolean;
};

export function addCollect(program: Command): void {
  const command = program
    .command('collect')
    .description('put the evidence of this machine into one file, for oomkit diagnose elsewhere')
    .requiredOption('-o, --output <bundle>', 'the file to write, such as bundle.tgz')
    .addOption(new Option('--cgroup <path>', 'only this cgroup (default: all containers)').conflicts(['pid', 'container', 'pod']))
    .addOption(new Option('--pid <pid>', 'only the cgroup of this process').conflicts(['container', 'pod']))
    .addOption(new Option('--container <id>', 'only this container, by the beginning of its id').conflicts('pod'))
    .option('--pod <uid>', 'only this pod, by the beginning of its UID')
    .option('--heap <location>', 'a heap profile, a file or URL; may be repeated', appendTo, [])
    .option('--log <path>', "the kernel's log (default: /dev/kmsg, and where that has no report, the journal)")
    .option('--since <time>', 'journal entries from this time on, as journalctl takes it')
    .option('--hostname', "keep the machine's name: it is left out otherwise")
    .option('--force', 'replace the file when it is there');
  addCommonOptions(command);
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} collect -o bundle.tgz`, 'the OOM reports, and all containers'],
      [`${name} collect -o bundle.tgz --pod 6b212546`, 'one pod'],
      [`${name} diagnose bundle.tgz`, 'the same verdict, anywhere'],
    ]),
  );
  command.action(collect);
}

async function collect(options: Options): Promise<void> {
  const { output, cgroup, pid, container, pod, heap: heaps, log, since, hostname, force, debug } = options;
  const target = cgroup ?? pid ?? container ?? pod;
  const { collectEvidence } = await import('../collect-evidence.js');
  await collectEvidence(
    {
      output,
      heaps,
      ...(target === undefined ? {} : { target }),
      ...(log === undefined ? {} : { log }),
      ...(since === undefined ? {} : { since }),
      ...(hostname === undefined ? {} : { hostname }),
      ...(force === undefined ? {} : { force }),
      ...(debug === undefined ? {} : { debug }),
    },
    languageFor(options),
  );
}

function appendTo(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
