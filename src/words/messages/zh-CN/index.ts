import type { english } from '../en/index.js';
import { accounting } from './accounting.js';
import { advice } from './advice.js';
import { bundle } from './bundle.js';
import { causeNames } from './cause-names.js';
import { causes } from './causes.js';
import { cluster } from './cluster.js';
import { clusterPods } from './cluster-pods.js';
import { evidence } from './evidence.js';
import { guard } from './guard.js';
import { heap } from './heap.js';
import { history } from './history.js';
import { imageSafety } from './image-safety.js';
import { importing } from './import.js';
import { importCdi } from './import-cdi.js';
import { incident } from './incident.js';
import { inspect } from './inspect.js';
import { kills } from './kills.js';
import { lab } from './lab.js';
import { labFit } from './lab-fit.js';
import { labPredict } from './lab-predict.js';
import { labels } from './labels.js';
import { memory } from './memory.js';
import { page } from './page.js';
import { pageCommand } from './page-command.js';
import { parts } from './parts.js';
import { prometheus } from './prometheus.js';
import { reading } from './reading.js';
import { size } from './size.js';

/** The Chinese sentences: exactly the English keys. */
export const chinese = {
  ...labels,
  ...causeNames,
  ...page,
  ...pageCommand,
  ...parts,
  ...prometheus,
  ...bundle,
  ...guard,
  ...heap,
  ...history,
  ...imageSafety,
  ...importing,
  ...importCdi,
  ...incident,
  ...inspect,
  ...lab,
  ...labFit,
  ...labPredict,
  ...memory,
  ...reading,
  ...size,
  ...accounting,
  ...causes,
  ...evidence,
  ...cluster,
  ...clusterPods,
  ...kills,
  ...advice,
} satisfies Record<keyof typeof english, string>;
