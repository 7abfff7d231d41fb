import type { ChargeWatch } from '../../import/charge.js';
import type { ListenAddress } from '../../import/metrics/address.js';
import { ImportMetrics } from '../../import/metrics/import-metrics.js';
import { type MetricsServer, serveMetrics } from '../../import/metrics/server.js';
import { type Message, message } from '../../model/index.js';

/** The metrics of an import, and who serves them. */
export interface ServedMetrics {
  readonly metrics: ImportMetrics;
  readonly server: MetricsServer;
}

/** Begins to serve metrics, and says where. Throws an ImportError when that is not possible. */
export async function startMetrics(
  address: ListenAddress,
  watch: ChargeWatch,
  say: (text: Message) => void,
  ownerUid = '',
): Promise<ServedMetrics> {
  const metrics = new ImportMetrics({ ownerUid, charge: () => watch.now() });
  const server = await serveMetrics(address, metrics);
  say(message('import.cdi.metrics', { url: server.url }));
  return { metrics, server };
}
