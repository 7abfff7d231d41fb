import { dirtyableBytes, dirtySettings, type Host, HostError, kernelRelease, multiGenLru } from '../../host/index.js';
import { type PredictionHost, present } from '../../model/index.js';

/** What a prediction needs of a host; undefined where it does not tell. */
export function predictionHost(host: Host): PredictionHost | undefined {
  try {
    const settings = dirtySettings(host);
    const dirtyable = dirtyableBytes(host);
    if (settings === undefined || dirtyable === undefined) return undefined;
    return {
      settings,
      dirtyableBytes: dirtyable,
      ...present({ kernelRelease: kernelRelease(host), multiGenLru: multiGenLru(host) }),
    };
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}
