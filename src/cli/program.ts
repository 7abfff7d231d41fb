import { basename } from 'node:path';
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addCollect } from './commands/collect.js';
import { addDiagnose } from './commands/diagnose.js';
import { addGlossary } from './commands/glossary.js';
import { addGuard } from './commands/guard.js';
import { addHeap } from './commands/heap.js';
import { addImport } from './commands/import.js';
import { addInspect } from './commands/inspect.js';
import { addLab } from './commands/lab.js';
import { addList } from './commands/list.js';
import { addPage } from './commands/page.js';
import { addReports } from './commands/reports.js';
import { addSize } from './commands/size.js';
import { addTop } from './commands/top.js';
import { examplesText } from './examples.js';

/**
 * How the user called the program: kubectl runs a plugin by the file name `kubectl-oomkit`, and help should say what to type.
 * Source: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
 */
export function programName(scriptPath: string | undefined): string {
  return scriptPath !== undefined && basename(scriptPath).startsWith('kubectl-') ? 'kubectl oomkit' : 'oomkit';
}

/** The whole command line. It prints help and version itself; errors are thrown, and said by who runs it. */
export function createProgram(name: string): Command {
  const program = new Command(name)
    .description(packageJson.description)
    .version(packageJson.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showHelpAfterError(false);
  addDiagnose(program);
  addReports(program);
  addList(program);
  addInspect(program);
  addTop(program);
  addHeap(program);
  addSize(program);
  addCollect(program);
  addPage(program);
  addLab(program);
  addGuard(program);
  addImport(program);
  addGlossary(program);
  program.helpCommand('help [command]', 'print help for a command').addHelpText(
    'after',
    `${examplesText([
      [`${name} diagnose kern.log`, 'why each process was killed, and what to do'],
      [`${name} reports /var/log`, 'the OOM reports in rotated logs, one line each'],
      [`${name} list -A`, 'the OOM kills of a cluster'],
      [`${name} inspect self`, 'what fills a cgroup now, and what a kill would be blamed on'],
      [`${name} top`, "the memory of the node's containers"],
      [`${name} heap heap.pb.gz --charged 572Mi`, 'whether the heap explains the memory'],
      [`${name} size shop/deploy/web --prometheus URL`, 'what to request and where to limit, from history'],
      [`${name} collect -o bundle.tgz`, 'the evidence in one file, to diagnose anywhere'],
      [`${name} page kern.log`, 'the same to look at, in a browser'],
      [`${name} lab run --memory 600Mi -- CMD`, 'a command under a limit, and what it used'],
      [`${name} guard -- CMD`, 'a command, its dirty pages kept near a bound'],
      [`${name} import URL /data/disk.img`, 'a disk image into a volume, in bounded memory'],
      [`${name} glossary working set`, 'what a word in the report means'],
    ])}

Exit codes:
  0  done
  1  nothing to diagnose was found
  2  the command line is wrong
  3  the evidence could not be read
  4  it could be read in part, and that part is printed`,
  );
  return program;
}
