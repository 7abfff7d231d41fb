import { cdiPaths } from '../../import/cdi/paths.js';
import { runCdiImport } from '../../import/cdi/run.js';
import { ChargeWatch } from '../../import/charge.js';
import { ImportError } from '../../import/error.js';
import { parseListenAddress } from '../../import/metrics/address.js';
import { Rate } from '../../import/metrics/rate.js';
import type { ImportProgress } from '../../import/run/request.js';
import { defaultRetry } from '../../import/sources/retry.js';
import { bytes, type Message, message, seconds } from '../../model/index.js';
import { renderMessage } from '../../render/index.js';
import { thisHost } from '../../sources/host/host.js';
import { abortOnSignals } from '../abort-on-signals.js';
import { languageOf } from '../language.js';
import { type ServedMetrics, startMetrics } from './metrics.js';

/** Where CDI's controller asks for the progress. */
const METRICS_ADDRESS = ':8443';
/** A line of the log each. */
const PROGRESS_MS = 10_000;

/**
 * Does the work of CDI's importer, and sets the exit code. Two variables that CDI has not are for trying it where there is no
 * container: OOMKIT_CDI_ROOT is the directory its paths are below, OOMKIT_CDI_METRICS where metrics are served.
 */
export async function runAsCdiImporter(env: NodeJS.ProcessEnv): Promise<void> {
  const lang = languageOf(env);
  const say = (text: Message): void => {
    process.stderr.write(`oomkit: ${renderMessage(text, { lang })}\n`);
  };
  const { signal, settle } = abortOnSignals();
  const watch = new ChargeWatch(thisHost);
  const served = await metricsIfPossible(env.OOMKIT_CDI_METRICS ?? METRICS_ADDRESS, watch, say, env.OWNER_UID ?? '');
  const log = progressLog(watch, say);
  try {
    const exitCode = await runCdiImport({
      env,
      paths: cdiPaths(env.OOMKIT_CDI_ROOT),
      retry: {
        ...defaultRetry,
        onRetry: ({ problem }, attempt, waitMs) => {
          served?.metrics.retried();
          const told = renderMessage(problem, { lang });
          say(message('import.progress.retry', { problem: told, attempt, wait: seconds(waitMs / 1000) }));
        },
      },
      signal,
      memory: watch,
      onProgress: (progress) => {
        served?.metrics.update(progress);
        log(progress);
      },
      say,
      // Who reads it looks for English words.
      inWords: (text) => renderMessage(text, { lang: 'en' }),
    });
    settle(exitCode);
    if (exitCode === 0) served?.metrics.finish();
  } catch (error) {
    if (signal.aborted) return;
    process.stderr.write(`oomkit: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    settle(1);
  } finally {
    served?.server.close();
  }
}

/** Metrics are no reason not to import. */
async function metricsIfPossible(
  text: string,
  watch: ChargeWatch,
  say: (text: Message) => void,
  ownerUid: string,
): Promise<ServedMetrics | undefined> {
  const address = parseListenAddress(text);
  try {
    if (address === undefined) throw new ImportError('metrics-port', { address: text, reason: 'HOST:PORT' });
    return await startMetrics(address, watch, say, ownerUid);
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    say(error.problem);
    return undefined;
  }
}

function progressLog(watch: ChargeWatch, say: (text: Message) => void): (progress: ImportProgress) => void {
  const rate = new Rate();
  let saidMs = performance.now();
  return ({ position, sizeBytes, bytesRead, sourceBytes }) => {
    const [done, total] = sizeBytes === undefined && sourceBytes !== undefined ? [bytesRead, sourceBytes] : [position, sizeBytes];
    rate.update(done);
    const nowMs = performance.now();
    if (nowMs - saidMs < PROGRESS_MS) return;
    saidMs = nowMs;
    const { dirtyBytes } = watch.now();
    const facts = { done: bytes(done), rate: bytes(Math.round(rate.perSecond() ?? 0)) };
    if (total === undefined) say(message('import.cdi.progress.no-size', facts));
    else if (dirtyBytes === undefined) say(message('import.cdi.progress.no-dirty', { ...facts, size: bytes(total) }));
    else say(message('import.cdi.progress', { ...facts, size: bytes(total), dirty: bytes(dirtyBytes) }));
  };
}
