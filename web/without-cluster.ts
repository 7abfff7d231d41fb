// What the diagnosis asks of a cluster and of a metrics server, in a page that has neither: nothing. The build puts this file in the
// place of the modules that ask (scripts/build-page.mjs); of an incident without their facts they say the same, as a test shows.
// A diagnosis that the command line made with such facts comes to the page whole.
import type { Citation, Message } from '../src/model/index.js';

const nothing = (): undefined => undefined;
const never = (): never => {
  throw new Error('a page asks no cluster');
};

// src/diagnosis/cluster/
export const citePod = never;
export const weighOtherEnd = nothing;
export const weighChildEnd = nothing;
export const weighStart = nothing;
export const weighPodLimit = nothing;
export const podLimitIsContainers = nothing;
export const weighNode = nothing;
export const weighAnon = nothing;
export const weighVolumes = nothing;
export const noMemoryVolume = nothing;
export const volumeCitations = (): Citation[] => [];
export const flagCitations = (): { because: Citation[]; against: Citation[] } => ({ because: [], against: [] });
export const gapMessages = (): Message[] => [];

// src/diagnosis/termination/ and growth/
export const judgeTermination = never;
export const judgeGrowth = never;
export const killTime = never;
export const percentile = never;
