import { ChargeWatch } from '../../import/charge.js';
import { ImportError, type ImportFault } from '../../import/error.js';
import { importImage } from '../../import/run/import-image.js';
import type { OwnMemory } from '../../import/run/request.js';
import { openSource } from '../../import/sources/open.js';
import { defaultRetry } from '../../import/sources/retry.js';
import { defaultBounds } from '../../import/streams/bounds.js';
import { checkpointOf } from '../../import/target/checkpoint.js';
import { type ImportReport, type Message, message, seconds } from '../../model/index.js';
import { printJson, printYaml, renderImport, renderMessage, toImportReport } from '../../render/index.js';
import { thisHost } from '../../sources/host/host.js';
import { abortOnSignals } from '../abort-on-signals.js';
import { ExitCode } from '../exit-code.js';
import { languageFor } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { type ServedMetrics, startMetrics } from './metrics.js';
import type { ImportOptions } from './options.js';
import { ImportBar } from './progress.js';
import { openOptions } from './request.js';

const EXIT_CODES: Readonly<Record<ImportFault, number>> = {
  source: ExitCode.Unreadable,
  target: ExitCode.NotWritten,
  image: ExitCode.Refused,
};

/** Imports, prints what was done, and sets the exit code. */
export async function runImport(location: string, target: string, options: ImportOptions): Promise<void> {
  const lang = languageFor(options);
  const watch = new ChargeWatch(thisHost);
  const bar = new ImportBar(lang, () => watch.now());
  const say = (text: Message): void => {
    process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  };
  const { signal, settle } = abortOnSignals();
  watch.start();
  let metrics: ServedMetrics | undefined;
  try {
    if (options.metrics !== undefined) metrics = await startMetrics(options.metrics, watch, say);
    const report = await importFrom(location, target, options, { signal, bar, say, metrics, memory: watch });
    settle(ExitCode.Done);
    metrics?.metrics.finish();
    const { chargedBytes, dirtyBytes, residentBytes } = watch.stop();
    bar.stop();
    await print(
      {
        ...report,
        ...(chargedBytes === undefined ? {} : { peakChargedBytes: chargedBytes }),
        ...(dirtyBytes === undefined ? {} : { peakDirtyBytes: dirtyBytes }),
        ...(residentBytes === undefined ? {} : { peakResidentBytes: residentBytes }),
      },
      options,
    );
  } catch (error) {
    bar.stop();
    const left = checkpointOf(target, options.stateDir);
    if (signal.aborted) {
      say(message(left?.state === 'partial' ? 'import.interrupted' : 'import.interrupted.nothing', { target }));
      return;
    }
    if (!(error instanceof ImportError)) throw error;
    say(error.problem);
    if (left !== undefined) say(message(`import.left.${left.state}`, { target, checkpoint: left.path }));
    if (options.debug === true) process.stderr.write(`${error.stack}\n`);
    settle(EXIT_CODES[error.fault]);
  } finally {
    watch.stop();
    metrics?.server.close();
  }
}

interface Surroundings {
  readonly signal: AbortSignal;
  readonly bar: ImportBar;
  readonly say: (text: Message) => void;
  readonly metrics: ServedMetrics | undefined;
  readonly memory: OwnMemory;
}

async function importFrom(
  location: string,
  target: string,
  options: ImportOptions,
  { signal, bar, say, metrics, memory }: Surroundings,
): Promise<ImportReport> {
  const retry = {
    ...defaultRetry,
    retries: options.retries,
    onRetry: (error: ImportError, attempt: number, waitMs: number): void => {
      metrics?.metrics.retried();
      say(
        message('import.progress.retry', {
          problem: renderMessage(error.problem, { lang: languageFor(options) }),
          attempt,
          wait: seconds(waitMs / 1000),
        }),
      );
    },
  };
  const source = await openSource(location, openOptions(options, retry, signal));
  try {
    return await importImage({
      source,
      location,
      target,
      cacheMode: options.cache,
      dirtyLimitBytes: options.dirtyLimit,
      memory,
      preallocation: options.preallocation,
      allowOvercommit: options.allowOvercommit ?? false,
      verify: options.verify ?? false,
      resume: options.resume ?? false,
      force: options.force ?? false,
      stateDirectory: options.stateDir,
      bounds: defaultBounds,
      retry,
      signal,
      onProgress: (progress) => {
        metrics?.metrics.update(progress);
        bar.update(progress);
      },
      onNote: say,
      ...(options.size === undefined ? {} : { sizeBytes: options.size }),
      ...(options.overhead === undefined ? {} : { overhead: options.overhead }),
      ...(options.checksum === undefined ? {} : { checksum: options.checksum }),
      ...(options.scratch === undefined ? {} : { scratchDirectory: options.scratch }),
      ...(options.member === undefined ? {} : { member: options.member }),
    });
  } finally {
    await source.close();
  }
}

async function print(report: ImportReport, options: ImportOptions): Promise<void> {
  const item = toImportReport(report);
  if (options.output === 'json') process.stdout.write(printJson(item));
  else if (options.output === 'yaml') process.stdout.write(await printYaml(item));
  else {
    const color = wantsColor(options.color, process.env, process.stdout);
    process.stdout.write(renderImport(report, { lang: languageFor(options), color, width: widthOf(process.stdout) }));
  }
}
