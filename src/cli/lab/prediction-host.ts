import { type PredictionHost, present } from '../../model/index.js';
import { dirtyableBytes, dirtySettings, multiGenLru } from '../../sources/host/dirty-settings.js';
import { HostError } from '../../sources/host/error.js';
import { type Host, kernelRelease } from '../../sources/host/host.js';

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
