import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { compareVariants } from '../../lab/compare/compare.js';
import { commandOf, parseVariant, qemuCacheModes, type Variant } from '../../lab/compare/variants.js';
import { type LabComparison, type Message, message } from '../../model/index.js';
import { printJson, printYaml, renderLabComparison, renderMessage, toLabComparison } from '../../render/index.js';
import { ExitCode } from '../exit-code.js';
import { languageFor } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import type { LabCompareOptions } from './options.js';
import { sayLabProblem } from './problem.js';
import { resetOf } from './reset.js';
import { selfProgram } from './self.js';

const MOST_PROBE_MS = 30_000;

/** Runs the variants, prints the table; the exit code is 1 when no run of any variant succeeded. */
export async function labCompare(words: readonly string[], options: LabCompareOptions): Promise<void> {
  const { memory, swap = false, rounds, output, debug } = options;
  const lang = languageFor(options);
  const say = (text: Message): void => void process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  const plan = options.preset === undefined ? planOf(words, options) : presetPlan(words, options);
  let comparison: LabComparison;
  try {
    comparison = await compareVariants(
      {
        ...plan,
        rounds,
        swap,
        ...(memory === undefined ? {} : { limitBytes: memory }),
        stdio: 'inherit-on-stderr',
      },
      {
        program: selfProgram(),
        forwardSignals: true,
        onRun: (name, round) => say(message('lab.running', { name, round: String(round), rounds: String(rounds) })),
      },
    );
  } catch (error) {
    if (error instanceof DOMException) throw error;
    sayLabProblem(error, lang, debug);
    return;
  }
  const succeeded = comparison.variants.some((variant) => variant.succeeded > 0);
  process.exitCode = succeeded ? ExitCode.Done : ExitCode.NothingFound;
  if (output === 'json') process.stdout.write(printJson(toLabComparison(comparison, { lang })));
  else if (output === 'yaml') process.stdout.write(await printYaml(toLabComparison(comparison, { lang })));
  else {
    const color = wantsColor(options.color, process.env, process.stdout);
    const style = { lang, width: widthOf(process.stdout), color, wide: output === 'wide' };
    process.stdout.write(renderLabComparison(comparison, style));
  }
}

type Plan = Pick<Parameters<typeof compareVariants>[0], 'variants' | 'reset' | 'beforeRun' | 'template' | 'preset' | 'notes'>;

function planOf(template: readonly string[], { variant, reset }: LabCompareOptions): Plan {
  if (template.length === 0) throw new UsageError('give the command after --, with {} where the text of each variant goes');
  if (variant.length === 0) throw new UsageError('give the variants: --variant NAME=TEXT, once for each');
  const variants = variant.map((value): Variant => {
    const parsed = parseVariant(value);
    if (parsed === undefined) throw new UsageError(`--variant takes NAME=TEXT, not '${value}'`);
    const [first, ...rest] = commandOf(template, parsed.text) ?? [];
    if (first === undefined) throw new UsageError('the command has no {} where the text of a variant goes');
    return { name: parsed.name, command: [first, ...rest] };
  });
  const names = new Set(variants.map(({ name }) => name));
  if (names.size < variants.length) throw new UsageError('two variants have the same name');
  return { variants, template, ...resetOf(reset) };
}

/** The target is made anew for every run. It may not be anything that is there already: it would be overwritten. */
function presetPlan(words: readonly string[], { preset, source, target, variant, force }: LabCompareOptions): Plan {
  if (words.length > 0 || variant.length > 0) throw new UsageError('a preset brings its own command and variants');
  if (source === undefined || target === undefined) throw new UsageError(`--preset ${preset} needs --source and --target`);
  const there = statSync(target, { throwIfNoEntry: false });
  if (there !== undefined && !(there.isFile() && force === true)) {
    throw new UsageError(`${target} is there already; --force lets it be overwritten, when it is a file`);
  }
  return {
    variants: qemuCacheModes({ source, format: formatOf(source), target, readsDirectly: allowsDirectReading(source) }),
    preset: preset ?? '',
    notes: [message('lab.warning.unsafe-unwritten')],
    beforeRun: () => rmSync(target, { force: true }),
  };
}

/** Whether a file may be opened with O_DIRECT: file systems that cannot answer EINVAL. */
function allowsDirectReading(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_DIRECT));
    return true;
  } catch {
    return false;
  }
}

/** The image's format, asked once, so that no run guesses. */
function formatOf(image: string): string {
  try {
    const text = execFileSync('qemu-img', ['info', '--output=json', '-U', image], {
      encoding: 'utf8',
      timeout: MOST_PROBE_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { format } = JSON.parse(text) as { format?: unknown };
    if (typeof format === 'string') return format;
    throw new Error('qemu-img names no format');
  } catch (error) {
    const detail = error instanceof Error ? (error.message.split('\n').filter(Boolean).at(-1) ?? '') : String(error);
    throw new UsageError(`${image}: its format cannot be told: ${detail}`);
  }
}
