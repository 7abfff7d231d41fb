import type { Command } from 'commander';
import { gapMessages } from '../../diagnosis/cluster/gap-messages.js';
import { type Message, message, nested, type OomKill } from '../../model/index.js';
import { SKEW_SECONDS, skewNote } from '../cluster-notes.js';
import { addClusterOptions, type ClusterOptions, withCluster } from '../cluster-options.js';
import { examplesText } from '../examples.js';
import { ExitCode } from '../exit-code.js';
import type { KillChoice, KillsRead } from '../list-kills.js';
import { addCommonOptions, type CommonOptions, languageFor, outputOption } from '../options.js';
import { parseDuration } from '../prometheus-options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { UsageError } from '../usage-error.js';

type Options = CommonOptions &
  ClusterOptions & {
    readonly output: 'text' | 'wide' | 'json' | 'yaml';
    readonly allNamespaces?: boolean;
    readonly selector?: string;
    readonly fieldSelector?: string;
    readonly since?: number;
    readonly watch?: boolean;
    readonly allKills?: boolean;
    readonly nodeMetrics: boolean;
    readonly headers: boolean;
  };

export function addList(program: Command): void {
  const command = addClusterOptions(
    program
      .command('list')
      .description('list the containers of a cluster that were OOM-killed, also by kills that Kubernetes never shows'),
  )
    .option('-A, --all-namespaces', 'all namespaces')
    .option('-l, --selector <selector>', 'only pods with these labels')
    .option('--field-selector <selector>', 'only pods with these fields, such as spec.nodeName=NODE')
    .option('--since <duration>', 'only kills in this time, such as 1h or 7d', parseDuration)
    .option('-w, --watch', 'go on with the kills that come, until Ctrl-C')
    .option('--all-kills', 'also SIGKILLs and evictions that were no OOM kill')
    .option('--no-node-metrics', 'do not ask kubelets through the node proxy')
    .option('--no-headers', 'no header line');
  addCommonOptions(command.addOption(outputOption(['text', 'wide', 'json', 'yaml'])));
  const name = program.name();
  command.addHelpText(
    'after',
    examplesText([
      [`${name} list -A`, 'every OOM kill that the cluster still knows of'],
      [`${name} list -n shop --since 24h -o wide`, 'with node, run time and the reason for each verdict'],
      [`${name} list -A --all-kills`, 'also exit code 137 by probes, evictions and the grace period'],
      [`${name} list -A -w`, 'as they happen'],
    ]),
  );
  command.action(list);
}

async function list(options: Options): Promise<void> {
  if (options.allNamespaces === true && options.namespace !== undefined) throw new UsageError('give -n or -A, not both');
  if (options.watch === true && options.output === 'yaml')
    throw new UsageError('--watch prints a table or, with -o json, a line for each kill');
  const lang = languageFor(options);
  const [{ MOST_NODES, readKills, watchKills }, report] = await Promise.all([
    import('../list-kills.js'),
    import('../../render/index.js'),
  ]);
  await withCluster(options, lang, options.debug === true, async (connection, signal) => {
    const started = Date.now();
    const namespace = options.allNamespaces === true ? undefined : (options.namespace ?? connection.namespace);
    const choice = choiceOf(options, namespace, started);
    const read = await readKills(connection, choice, signal);
    const skew = connection.clockSkewSeconds ?? 0;
    const warnings = [...notesOf(read, choice, MOST_NODES), ...skewNote(skew)];
    const say = (text: Message): void => void process.stderr.write(`oomkit: ${report.renderMessage(text, { lang })}\n`);
    for (const warning of warnings) say(warning);
    const style = {
      lang,
      width: widthOf(process.stdout),
      color: wantsColor(options.color, process.env, process.stdout),
      wide: options.output === 'wide',
      allNamespaces: namespace === undefined,
      headers: options.headers,
      nowMs: started - (Math.abs(skew) >= SKEW_SECONDS ? skew * 1000 : 0),
    };
    const printLine = (kill: OomKill) => `${JSON.stringify(report.oomKillItem(kill, { lang }))}\n`;
    if (options.output === 'text' || options.output === 'wide') {
      if (read.kills.length > 0) process.stdout.write(report.renderKills(read.kills, style));
    } else if (options.watch === true) {
      for (const kill of read.kills) process.stdout.write(printLine(kill));
    } else {
      const all = report.toOomKillList(read.kills, read.gaps, read.nodesAsked, warnings, { lang });
      process.stdout.write(options.output === 'json' ? report.printJson(all) : await report.printYaml(all));
    }
    process.exitCode = exitCodeOf(read);
    if (options.watch !== true) return;
    process.exitCode = ExitCode.Done;
    let headers = options.headers && read.kills.length === 0;
    const interrupted = (kind: 'reconnected' | 'relisted') =>
      say(message(kind === 'relisted' ? 'kills.watch-relisted' : 'kills.watching'));
    try {
      for await (const kill of watchKills(connection, choice, read, signal, interrupted)) {
        process.stdout.write(
          options.output === 'json' ? printLine(kill) : report.renderKills([kill], { ...style, headers, nowMs: Date.now() }),
        );
        headers = false;
      }
    } catch (error) {
      // Ctrl-C is how watching ends.
      if (!signal.aborted) throw error;
    }
  });
}

function choiceOf(options: Options, namespace: string | undefined, nowMs: number): KillChoice {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(options.selector === undefined ? {} : { labelSelector: options.selector }),
    ...(options.fieldSelector === undefined ? {} : { fieldSelector: options.fieldSelector }),
    ...(options.since === undefined ? {} : { sinceMs: nowMs - options.since * 1000 }),
    all: options.allKills === true,
    nodeMetrics: options.nodeMetrics,
  };
}

/** What a reader must know: what was not read and what would let it be, what was learnt by a right of the caller's own. */
function notesOf(
  { kills, gaps, podsSeen, leftOut, nodesAsked, nodesLeft }: KillsRead,
  { namespace }: KillChoice,
  mostNodes: number,
): Message[] {
  const where =
    namespace === undefined ? message('kills.nothing.all-namespaces') : message('kills.nothing.namespace', { namespace });
  return [
    ...gaps.flatMap(gapMessages),
    ...(nodesAsked.length === 0 ? [] : [message('cluster.nodes-asked', { count: nodesAsked.length })]),
    ...(nodesLeft === 0 ? [] : [message('cluster.nodes-left', { count: nodesLeft, most: mostNodes })]),
    ...(leftOut === 0 ? [] : [message('kills.left-out', { count: leftOut })]),
    ...(kills.length > 0 ? [] : [message('kills.nothing', { where: nested(where), pods: podsSeen })]),
  ];
}

/** Node metrics are a right that few callers have and none should be given: without them the answer is not called partial. */
function exitCodeOf({ kills, gaps }: KillsRead): number {
  if (gaps.some(({ part }) => part === 'events')) return ExitCode.PartlyRead;
  return kills.length === 0 ? ExitCode.NothingFound : ExitCode.Done;
}
