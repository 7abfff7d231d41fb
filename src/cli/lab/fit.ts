import { fitLimits } from '../../lab/fit/fit.js';
import type { FitAims, LabFit, Message } from '../../model/index.js';
import { printJson, printYaml, renderLabFit, renderMessage, runReason, toLabFit } from '../../render/index.js';
import { ExitCode } from '../exit-code.js';
import { languageFor } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import type { LabFitOptions } from './options.js';
import { sayLabProblem } from './problem.js';
import { resetOf } from './reset.js';
import { selfProgram } from './self.js';

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Looks for a command's limits and prints what was found, also when it was interrupted. */
export async function labFit([first = '', ...rest]: readonly string[], options: LabFitOptions): Promise<void> {
  const { swap = false, reset, container, debug } = options;
  const lang = languageFor(options);
  const aims = aimsOf(options);
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  const stopping = new AbortController();
  // The run under way gets the signal too. Between runs nobody else would: the fit is to end with what it knows.
  const stop = (): void => stopping.abort();
  for (const signal of STOPPING) process.on(signal, stop);
  let fit: LabFit;
  try {
    fit = await fitLimits(
      { command: [first, ...rest], aims, swap, ...resetOf(reset), stdio: 'output-on-stderr' },
      {
        program: selfProgram(),
        forwardSignals: true,
        signal: stopping.signal,
        onRun: (turn, purpose, limitBytes) => say(runReason(turn, aims.maxRuns, purpose, limitBytes)),
      },
    );
  } catch (error) {
    sayLabProblem(error, lang, debug);
    return;
  } finally {
    for (const signal of STOPPING) process.off(signal, stop);
  }
  process.exitCode = exitCodeOf(fit);
  await print({ ...fit, ...(container === undefined ? {} : { container }) }, options);
}

function aimsOf({ slowdown, tolerance, maxRuns, from, to }: LabFitOptions): FitAims {
  if (from !== undefined && to !== undefined && from > to) throw new UsageError('--from is larger than --to');
  return {
    slowdown,
    tolerance,
    maxRuns,
    ...(from === undefined ? {} : { fromBytes: from }),
    ...(to === undefined ? {} : { toBytes: to }),
  };
}

async function print(fit: LabFit, options: LabFitOptions): Promise<void> {
  const { output } = options;
  const lang = languageFor(options);
  if (output === 'json') process.stdout.write(printJson(toLabFit(fit, { lang })));
  else if (output === 'yaml') process.stdout.write(await printYaml(toLabFit(fit, { lang })));
  else {
    const color = wantsColor(options.color, process.env, process.stdout);
    process.stdout.write(renderLabFit(fit, { lang, width: widthOf(process.stdout), color, wide: output === 'wide' }));
  }
}

/** Both limits found, a part of the answer, or none. */
function exitCodeOf({ end, smallest }: LabFit): number {
  if (end === 'interrupted') return ExitCode.Interrupted;
  if (end === 'found') return ExitCode.Done;
  return smallest === undefined || end === 'command-failed' ? ExitCode.NothingFound : ExitCode.PartlyRead;
}
