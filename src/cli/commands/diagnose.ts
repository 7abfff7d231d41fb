import type { Command } from 'commander';
import { isBundle } from '../../evidence/bundle/recognise.js';
import { isRecording } from '../../evidence/recording/recognise.js';
import type { Diagnosis, Incident, Message } from '../../model/index.js';
import type { TerminalStyle } from '../../report/index.js';
import type { Language } from '../../report/language.js';
import { examplesText } from '../examples.js';
import { ExitCode } from '../exit-code.js';
import {
  addCommonOptions,
  addInputOptions,
  type CommonOptions,
  criteriaOf,
  type InputOptions,
  languageFor,
  outputOption,
} from '../options.js';
import { addPrometheusOptions, type PrometheusOptions, parseDuration, prometheusUrl } from '../prometheus-options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { UsageError } from '../usage-error.js';

type Options = InputOptions &
  CommonOptions &
  PrometheusOptions & {
    readonly history?: number;
    readonly output: 'text' | 'wide' | 'json' | 'markdown' | 'md';
  };

export function addDiagnose(program: Command): void {
  const command = program.command('diagnose').description('tell why processes were OOM-killed, with the evidence and what to do');
  addPrometheusOptions(addInputOptions(command)).option(
    '--history <duration>',
    'how much of the time before the kill to read from it (default: 24h)',
    parseDuration,
  );
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
      [`${name} diagnose run.json`, 'what oomkit lab run recorded'],
      [`${name} diagnose kern.log -o markdown`, 'to paste into a ticket'],
      [`${name} diagnose kern.log --prometheus URL`, 'with the hours before the kill'],
    ]),
  );
  command.action(diagnose);
}

async function diagnose(paths: readonly string[], options: Options): Promise<void> {
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
    import('../../report/index.js'),
  ]);
  const { incidents, lang, warnings, exitCode } = await readIncidents(paths, options);
  process.exitCode = exitCode;
  const extended = await addHistory(incidents, options, lang);
  print(extended.incidents.map(diagnosis.diagnose), [...warnings, ...extended.warnings], lang, options, report);
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
    import('../../report/index.js'),
  ]);
  const lang = languageFor(options);
  const criteria = criteriaOf(options);
  const verdict = isRecording(path) ? diagnoseRecording(path, criteria, lang) : await diagnoseBundle(path, criteria, lang);
  if (verdict === undefined) return;
  if (verdict.kind === 'diagnoses') {
    print(verdict.diagnoses, verdict.warnings, lang, options, report);
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

function print(
  diagnoses: readonly Diagnosis[],
  warnings: readonly Message[],
  lang: Language,
  options: Options,
  report: typeof import('../../report/index.js'),
): void {
  switch (options.output) {
    case 'json':
      process.stdout.write(report.printJson(report.toDiagnosisList(diagnoses, warnings, { lang })));
      break;
    case 'markdown':
    case 'md':
      process.stdout.write(report.renderMarkdown(diagnoses, { lang }));
      break;
    default:
      process.stdout.write(report.renderTerminal(diagnoses, styleOf(options, lang)));
  }
}

function styleOf({ output, color }: Options, lang: Language): TerminalStyle {
  const isMarkdown = output === 'markdown' || output === 'md';
  return {
    lang,
    width: widthOf(process.stdout),
    color: !isMarkdown && wantsColor(color, process.env, process.stdout),
    wide: output === 'wide',
  };
}
