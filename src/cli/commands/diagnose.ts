import type { Command } from 'commander';
import { isBundle } from '../../evidence/bundle/recognise.js';
import { addClusterOptions } from '../cluster-options.js';
import type { TargetOptions } from '../diagnose-target.js';
import { examplesText } from '../examples.js';
import { addCommonOptions, addInputOptions, criteriaOf, type InputOptions, languageFor, outputOption } from '../options.js';
import { targetOf } from '../pod-target.js';
import { type PrintOptions, printDiagnoses, styleOf } from '../print-diagnoses.js';
import { UsageError } from '../usage-error.js';

type Options = InputOptions & PrintOptions & TargetOptions;

const INPUT =
  'log files (plain, .gz, .zst, .xz), directories, - for standard input, an evidence bundle, or one of a cluster: pod/NAME, deploy/NAME, sts/, ds/, rs/, job/';

export function addDiagnose(program: Command): void {
  const command = program.command('diagnose').description('tell why processes were OOM-killed, with the evidence and what to do');
  addClusterOptions(addInputOptions(command, INPUT))
    .option('--node-log <file>', "the kernel log of the pod's node, in any form that is read here")
    .option('--debug-node', 'read it by a privileged pod made on the node, and deleted again')
    .option('--debug-image <image>', 'the image of that pod; it needs dmesg', 'busybox:1.37')
    .option('--heap <port/path>', 'a heap profile of the running container, such as 6060/debug/pprof/heap')
    .option('--patch', 'print the advice as a patch to the workload; nothing is changed');
  addCommonOptions(command.addOption(outputOption(['text', 'wide', 'json', 'markdown', 'md'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} diagnose kern.log`, 'why each process was killed'],
      [`${name} diagnose /var/log --pod 6b212546`, 'the kills of one pod'],
      [`ssh NODE dmesg | ${name} diagnose -`, "from a node's kernel log"],
      [`${name} diagnose --journal --since -2h -o wide`, 'with the task table'],
      [`${name} diagnose bundle.tgz`, 'what oomkit collect put together'],
      [`${name} diagnose kern.log -o markdown`, 'to paste into a ticket'],
      [`${name} diagnose pod/web-0 -n shop`, 'a pod of a cluster'],
      [`${name} diagnose deploy/web --node-log dmesg.txt`, "with the kernel's own report"],
      [`${name} diagnose deploy/web --node-log dmesg.txt --patch`, 'the advice as a manifest'],
    ]),
  );
  command.action(diagnose);
}

async function diagnose(paths: readonly string[], options: Options): Promise<void> {
  const target = targetOf(paths);
  if (target !== undefined) {
    if (options.kmsg === true || options.journal === true || options.pod !== undefined || options.pid !== undefined) {
      throw new UsageError('--kmsg, --journal, --pod and --pid choose from a log: give it with --node-log');
    }
    const { diagnoseTarget } = await import('../diagnose-target.js');
    await diagnoseTarget(target, options, languageFor(options));
    return;
  }
  if (options.nodeLog !== undefined || options.debugNode === true || options.heap !== undefined || options.patch === true) {
    throw new UsageError('--node-log, --debug-node, --heap and --patch need a pod or workload, such as pod/NAME');
  }
  const bundles = paths.filter((path) => path !== '-' && isBundle(path));
  const [bundle] = bundles;
  if (bundle !== undefined) {
    if (paths.length > 1 || options.kmsg === true || options.journal === true) {
      throw new UsageError('an evidence bundle is diagnosed alone: give one, and no other input');
    }
    await diagnoseOne(bundle, options);
    return;
  }
  const [{ readIncidents }, diagnosis, report] = await Promise.all([
    import('../read-incidents.js'),
    import('../../diagnosis/index.js'),
    import('../../report/index.js'),
  ]);
  const { incidents, lang, warnings, exitCode } = await readIncidents(paths, options);
  process.exitCode = exitCode;
  printDiagnoses(incidents.map(diagnosis.diagnose), warnings, lang, options, report);
}

/** Diagnoses an evidence bundle. One without a kill shows the state it was collected in, as inspect does. */
async function diagnoseOne(bundle: string, options: Options): Promise<void> {
  const [{ diagnoseBundle }, report] = await Promise.all([import('../diagnose-bundle.js'), import('../../report/index.js')]);
  const lang = languageFor(options);
  const verdict = await diagnoseBundle(bundle, criteriaOf(options), lang);
  if (verdict === undefined) return;
  if (verdict.kind === 'diagnoses') {
    printDiagnoses(verdict.diagnoses, verdict.warnings, lang, options, report);
    return;
  }
  if (options.output === 'json') {
    process.stdout.write(report.printJson(report.toInspection(verdict.inspection, { lang })));
    return;
  }
  const isMarkdown = options.output === 'markdown' || options.output === 'md';
  const text = report.renderInspection(verdict.inspection, styleOf(options, lang));
  process.stdout.write(isMarkdown ? `\`\`\`text\n${text}\`\`\`\n` : text);
}
