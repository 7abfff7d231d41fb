import { type Command, InvalidArgumentError } from 'commander';
import { examplesText } from '../examples.js';
import { addCommonOptions, type CommonOptions, languageFor, outputOption } from '../options.js';
import { parsePercentage } from '../percentage-option.js';
import { addPrometheusOptions, parseDuration, prometheusUrl } from '../prometheus-options.js';
import type { SizeOptions } from '../read-size.js';
import { wantsColor, widthOf } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { workloadOf } from '../workload-argument.js';

type Options = CommonOptions & SizeOptions & { readonly output: 'text' | 'yaml' | 'json' };

export function addSize(program: Command): void {
  const command = program
    .command('size')
    .description('recommend a memory request and limit for a workload, from its history in Prometheus')
    .argument('<workload>', 'NAMESPACE/NAME, KIND/NAME with -n, or NAMESPACE/KIND/NAME')
    .option('-n, --namespace <name>', 'the namespace of KIND/NAME')
    .option('-c, --container <name>', 'only this container')
    .option('--since <duration>', 'how much history to look at', parseDuration, 7 * 86_400)
    .option('--until <time>', 'the end of that history, ISO 8601 (default: now)', parseTime)
    .option('--percentile <number>', 'the share of samples that the request covers, in percent', parsePercentile, 0.99)
    .option('--margin <percent>', 'what is added to what was seen', parsePercentage(0, 200), 0.15);
  addPrometheusOptions(command);
  // A default is shown as it was parsed: in seconds, or as a share.
  const shown: Readonly<Record<string, string>> = { since: '7d', percentile: '99', margin: '15%' };
  for (const option of command.options) {
    const text = shown[option.attributeName()];
    if (text !== undefined) option.default(option.defaultValue, text);
  }
  addCommonOptions(command.addOption(outputOption(['text', 'yaml', 'json'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} size shop/web --prometheus http://localhost:9090`, 'any workload of that name'],
      [`${name} size -n shop deploy/web -c app --since 14d`, 'one container, two weeks'],
      [`${name} size shop/sts/db -o yaml > patch.yaml`, 'for kubectl patch --patch-file'],
    ]),
  );
  command.action(size);
}

async function size(text: string, options: Options): Promise<void> {
  const workload = workloadOf(text, options);
  const url = prometheusUrl(options);
  if (url === undefined) throw new UsageError('no history to look at: name a server with --prometheus or $OOMKIT_PROMETHEUS');
  const [{ readSize }, report] = await Promise.all([import('../read-size.js'), import('../../render/index.js')]);
  const lang = languageFor(options);
  const recommendation = await readSize(url, workload, options, lang);
  if (recommendation === undefined) return;
  switch (options.output) {
    case 'json':
      process.stdout.write(report.printJson(report.toSizeRecommendation(recommendation, { lang })));
      break;
    case 'yaml':
      if (recommendation.containers.length > 0) process.stdout.write(`${report.sizePatch(recommendation)}\n`);
      break;
    default: {
      const color = wantsColor(options.color, process.env, process.stdout);
      process.stdout.write(report.renderSize(recommendation, { lang, width: widthOf(process.stdout), color }));
    }
  }
}

function parseTime(value: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new InvalidArgumentError('A time is ISO 8601 with its zone: 2026-01-31T12:00:00Z.');
  return milliseconds / 1000;
}

function parsePercentile(value: string): number {
  const percent = Number(value.replace(/%$/, ''));
  if (!(percent >= 50 && percent <= 100)) throw new InvalidArgumentError('A percentile is a number from 50 to 100.');
  return percent / 100;
}
