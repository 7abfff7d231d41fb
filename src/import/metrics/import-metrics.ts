import type { Charge } from '../charge.js';
import type { ImportProgress } from '../run/request.js';
import { Rate } from './rate.js';

export interface ImportMetricsOptions {
  /** What CDI knows the import by: the UID of the DataVolume or of the claim. */
  readonly ownerUid?: string;
  readonly charge: () => Charge;
  readonly now?: () => number;
}

interface Metric {
  readonly type: 'Counter' | 'Gauge';
  readonly name: string;
  readonly help: string;
  /** Undefined where it is not known: it is then not shown. */
  readonly value: number | undefined;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Before the import has ended well there may be something left to do: what is written has to reach the disk. */
const MOST_PERCENT = 99.99;

const NOTHING_DONE: ImportProgress = { bytesRead: 0, bytesWritten: 0, position: 0 };

/** An import as Prometheus sees it. */
export class ImportMetrics {
  readonly #ownerUid: string;
  readonly #charge: () => Charge;
  readonly #rate: Rate;
  #progress: ImportProgress | undefined;
  #percent = 0;
  #retries = 0;

  constructor({ ownerUid = '', charge, now }: ImportMetricsOptions) {
    this.#ownerUid = ownerUid;
    this.#charge = charge;
    this.#rate = new Rate(now);
  }

  update(progress: ImportProgress): void {
    this.#progress = progress;
    this.#rate.update(progress.position);
    // Two decimals: CDI reads digits and a point, and no exponent.
    const percent = Math.min(MOST_PERCENT, Math.round(10_000 * (shareOf(progress) ?? 0)) / 100);
    this.#percent = Math.max(this.#percent, percent);
  }

  retried(): void {
    this.#retries += 1;
  }

  /** The import has ended well. */
  finish(): void {
    this.#percent = 100;
  }

  /** All values in the text format 0.0.4 of Prometheus. */
  async text(): Promise<string> {
    const { Counter, Gauge, Registry } = await import('../clients.js');
    const registry = new Registry();
    for (const { type, name, help, value, labels = {} } of this.#values()) {
      if (value === undefined) continue;
      const config = { name, help, labelNames: Object.keys(labels), registers: [registry] };
      if (type === 'Gauge') new Gauge(config).set(labels, value);
      else new Counter(config).inc(labels, value);
    }
    return registry.metrics();
  }

  #values(): readonly Metric[] {
    const { chargedBytes, dirtyBytes } = this.#charge();
    const { bytesRead, bytesWritten, position, sizeBytes } = this.#progress ?? NOTHING_DONE;
    return [
      {
        // CDI's own: pkg/monitoring/metrics/cdi-importer/import_metrics.go, 1.66.
        type: 'Counter',
        name: 'kubevirt_cdi_import_progress_total',
        help: 'The import progress in percentage',
        value: this.#percent,
        labels: { ownerUID: this.#ownerUid },
      },
      {
        type: 'Counter',
        name: 'oomkit_import_read_bytes_total',
        help: 'Bytes read from the source.',
        value: bytesRead,
      },
      {
        type: 'Counter',
        name: 'oomkit_import_written_bytes_total',
        help: 'Bytes written to the target, without zeros that were left out.',
        value: bytesWritten,
      },
      {
        type: 'Counter',
        name: 'oomkit_import_retries_total',
        help: 'How often the source was asked again after it had failed.',
        value: this.#retries,
      },
      {
        type: 'Gauge',
        name: 'oomkit_import_position_bytes',
        help: 'How much of the image is done.',
        value: position,
      },
      { type: 'Gauge', name: 'oomkit_import_image_bytes', help: 'The size of the image.', value: sizeBytes },
      {
        type: 'Gauge',
        name: 'oomkit_import_rate_bytes',
        help: 'Bytes of the image done a second, over the last five seconds.',
        value: this.#rate.perSecond(),
      },
      {
        type: 'Gauge',
        name: 'oomkit_import_charged_bytes',
        help: 'Memory charged to the cgroup of the importer.',
        value: chargedBytes,
      },
      {
        type: 'Gauge',
        name: 'oomkit_import_dirty_bytes',
        help: 'File pages of that which are dirty or under writeback.',
        value: dirtyBytes,
      },
    ];
  }
}

/** Of the image where its size is known, else of the source. */
function shareOf({ bytesRead, sourceBytes, position, sizeBytes }: ImportProgress): number | undefined {
  if (sizeBytes !== undefined && sizeBytes > 0) return position / sizeBytes;
  return sourceBytes === undefined || sourceBytes === 0 ? undefined : bytesRead / sourceBytes;
}
