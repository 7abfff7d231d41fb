import type { Command } from 'commander';
import type { Incident, Message } from '../../model/index.js';
import { isBundle } from '../../sources/bundle/recognise.js';
import { isRecording } from '../../sources/recording/recognise.js';
import type { Language } from '../../words/language.js';
import { addClusterOptions } from '../cluster-options.js';
import type { TargetOptions } from '../diagnose-target.js';
import { examplesText } from '../examples.js';
import { ExitCode } from '../exit-code.js';
import { addCommonOptions, addInputOptions, criteriaOf, type InputOptions, languageFor, outputOption } from '../options.js';
import { targetOf } from '../pod-target.js';
import { type PrintOptions, printDiagnoses, styleOf } from '../print-diagnoses.js';
import { addPrometheusOptions, type PrometheusOptions, parseDuration, prometheusUrl } from '../prometheus-options.js';
import { UsageError } from '../usage-error.js';

type Options = InputOptions & PrintOptions & PrometheusOptions & TargetOptions & { readonly history?: number };

const INPUT =
  'log files (plain, .gz, .zst, .xz), directories, - for standard input, an evidence bundle, or one of a cluster: pod/NAME, deploy/NAME, sts/, ds/, rs/, job/';

export function addDiagnose(program: Command): void {
  const command = program.command('diagnose').description('tell why processes were OOM-killed, with the evidence and what to do');
  addPrometheusOptions(addClusterOptions(addInputOptions(command, INPUT)))
    .option('--node-log <file>', "the kernel log of the pod's node, in any form that is read here")
    .option('--debug-node', 'read it by a privileged pod made on the node, and deleted again')
    .option('--debug-image <image>', 'the image of that pod; it needs dmesg', 'busybox:1.37')
    .option('--heap <port/path>', 'a heap profile of the running container, such as 6060/debug/pprof/heap')
    .option('--patch', 'print the advice as a patch to the workload; nothing is changed')
    .option('--history <duration>', 'how much of the time before the kill to read from it (default: 24h)', parseDuration);
  addCommonOptions(command.addOption(outputOption(['text', 'wide', 'json', 'markdown', 'md', 'html'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} diagnose kern.log`, 'why each process was killed'],
      [`${name} diagnose /var/log --pod 6b212546`, 'the kills of one pod'],
      [`ssh NODE dmesg | ${name} diagnose -`, "from a node's kernel log"],
      [`${name} diagnose --journal --since -2h -o wide`, 'with the task table'],
      [`${name} diagnose bundle.tgz`, 'what oomkit collect put together'],
      [`${name} diagnose run.json`, 'what oomkit lab run recorded'],
      [`${name} diagnose kern.log -o markdown`, 'to paste into a ticket'],
      [`${name} diagnose kern.log -o html > report.html`, 'to look at in a browser, in one file'],
      [`${name} diagnose pod/web-0 -n shop`, 'a pod of a cluster'],
      [`${name} diagnose deploy/web --node-log dmesg.txt`, "with the kernel's own report"],
      [`${name} diagnose deploy/web --node-log dmesg.txt --patch`, 'the advice as a manifest'],
      [`${name} diagnose kern.log --prometheus URL`, 'with the hours before the kill'],
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
    const lang = languageFor(options);
    await diagnoseTarget(target, options, lang, (incidents) => addHistory(incidents, options, lang));
    return;
  }
  if (options.nodeLog !== undefined || options.debugNode === true || options.heap !== undefined || options.patch === true) {
    throw new UsageError('--node-log, --debug-node, --heap and --patch need a pod or workload, such as pod/NAME');
  }
  const whole = paths.find((path) => path !== '-' && (isBundle(path) || isRecording(path)));
  if (whole !== undefined) {
    if (paths.length > 1 || options.kmsg === true || options.journal === true) {
      throw new UsageError('an evidence bundle or a recording is diagnosed alone: give one, and no other input');
    }
    await diagnoseOne(whole, options);
    return;
  }
  const [{ readIncidents }, diagnosis, report] = await Promise.all([
    import('../read-incidents.js'),
    import('../../diagnosis/index.js'),
    import('../../render/index.js'),
  ]);
  const isPage = options.output === 'html';
  const read = await readIncidents(paths, options, { keepsExcerpts: isPage });
  const { lang } = read;
  process.exitCode = read.exitCode;
  const extended = await addHistory(read.incidents, options, lang);
  const diagnoses = extended.incidents.map(diagnosis.diagnose);
  const warnings = [...read.warnings, ...extended.warnings];
  if (!isPage) {
    printDiagnoses(diagnoses, warnings, lang, options, report);
    return;
  }
  const { printDiagnosesPage } = await import('../page/print-page.js');
  printDiagnosesPage(diagnoses, read.excerpts, [...warnings, ...read.notFound], lang);
}

/** The incidents with their memory before the kill, where a metrics server was named; part of the evidence when it does not answer. */
async function addHistory(
  incidents: readonly Incident[],
  options: Options,
  lang: Language,
): Promise<{ readonly incidents: readonly Incident[]; readonly warnings: readonly Message[] }> {
  if (prometheusUrl(options) === undefined) return { incidents, warnings: [] };
  const { withHistory } = await import('../read-history.js');
  const extended = await withHistory(incidents, options, lang);
  if (extended.failed && process.exitCode !== ExitCode.Usage) process.exitCode = ExitCode.PartlyRead;
  return extended;
}

/** Diagnoses an evidence bundle or a run's recording. One without a kill shows a state it holds, as inspect does. */
async function diagnoseOne(path: string, options: Options): Promise<void> {
  const [{ diagnoseBundle }, { diagnoseRecording }, report] = await Promise.all([
    import('../diagnose-bundle.js'),
    import('../lab/diagnose-recording.js'),
    import('../../render/index.js'),
  ]);
  const lang = languageFor(options);
  const criteria = criteriaOf(options);
  const verdict = isRecording(path) ? diagnoseRecording(path, criteria, lang) : await diagnoseBundle(path, criteria, lang);
  if (verdict === undefined) return;
  if (options.output === 'html') {
    const { printDocumentPage } = await import('../page/print-page.js');
    await printDocumentPage(path, criteria, lang);
    return;
  }
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
