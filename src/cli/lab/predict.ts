import { predict } from '../../lab/predict/predict.js';
import { type DirtySettings, type PredictionInput, present } from '../../model/index.js';
import { printJson, printYaml, renderLabPrediction, toLabPrediction } from '../../render/index.js';
import { findMemoryHierarchy } from '../../sources/cgroup/mounts.js';
import { HostError } from '../../sources/host/error.js';
import { thisHost } from '../../sources/host/host.js';
import { languageFor } from '../options.js';
import { wantsColor, widthOf } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import type { LabPredictOptions } from './options.js';
import { predictionHost } from './prediction-host.js';

/** The kernel's own defaults (mm/page-writeback.c), where there is no Linux to ask. */
const KERNEL_DEFAULTS: DirtySettings = {
  dirtyRatio: 20,
  backgroundRatio: 10,
  dirtyBytes: 0,
  backgroundBytes: 0,
  expireSeconds: 30,
};

/** Predicts from the options; what they leave open is read from this host. */
export async function labPredict(options: LabPredictOptions): Promise<void> {
  const lang = languageFor(options);
  const prediction = predict(inputOf(options));
  if (options.output === 'text') {
    const color = wantsColor(options.color, process.env, process.stdout);
    process.stdout.write(renderLabPrediction(prediction, { lang, color, width: widthOf(process.stdout) }));
    return;
  }
  const item = toLabPrediction(prediction, { lang });
  process.stdout.write(options.output === 'json' ? printJson(item) : await printYaml(item));
}

function inputOf(options: LabPredictOptions): PredictionInput {
  const { writeRate, diskRate, limit, other, memory, kernel, cgroupVersion, cgroupWriteback } = options;
  if (other >= limit) throw new UsageError('--other leaves no room below --limit');
  const host = predictionHost(thisHost);
  const dirtyable = memory ?? host?.dirtyableBytes;
  if (dirtyable === undefined) throw new UsageError('this host does not tell its memory: give --memory');
  const version = cgroupVersion ?? versionHere();
  if (version === undefined) throw new UsageError('no memory cgroups are seen here: give --cgroup-version');
  return {
    writeBytesPerSecond: writeRate,
    diskBytesPerSecond: diskRate,
    limitBytes: limit,
    otherBytes: other,
    dirtyableBytes: dirtyable,
    cgroupVersion: version,
    cgroupWriteback: version === 2 && cgroupWriteback,
    settings: settingsOf(options, host?.settings ?? KERNEL_DEFAULTS),
    // Which LRU another kernel runs with, this host cannot tell.
    ...(kernel === undefined
      ? present({ kernelRelease: host?.kernelRelease, multiGenLru: host?.multiGenLru })
      : { kernelRelease: kernel }),
  };
}

/** A ratio that is given sets the bytes to 0, as writing that sysctl does. */
function settingsOf(options: LabPredictOptions, here: DirtySettings): DirtySettings {
  const { dirtyRatio, dirtyBackgroundRatio, dirtyBytes, dirtyBackgroundBytes } = options;
  return {
    ...here,
    ...(dirtyRatio === undefined ? {} : { dirtyRatio, dirtyBytes: 0 }),
    ...(dirtyBackgroundRatio === undefined ? {} : { backgroundRatio: dirtyBackgroundRatio, backgroundBytes: 0 }),
    ...present({ dirtyBytes, backgroundBytes: dirtyBackgroundBytes }),
  };
}

function versionHere(): 1 | 2 | undefined {
  try {
    return findMemoryHierarchy(thisHost).version;
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}
