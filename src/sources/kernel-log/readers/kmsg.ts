import { closeSync, constants, openSync, readSync } from 'node:fs';
import { message } from '../../../model/index.js';
import type { LogSink } from './log-sink.js';
import { errnoOf, ReadError } from './read-error.js';
import { type ReadContext, ReadMeter, type SourceOutcome } from './reading.js';

/** The source's name in citations; a line is a record. */
const KMSG_SOURCE = 'kmsg';
export const KMSG_PATH = '/dev/kmsg';

/** The device, as far as the reader needs it. `read` reads one record and throws the errno errors of read(2). */
export interface KmsgDevice {
  open(): void;
  read(buffer: Uint8Array): number;
  close(): void;
}

/**
 * Reads the records that the kernel's ring buffer holds now into the sink, as they are: escaped (kmsg-record.ts). A buffer that
 * holds none is another device, for the kernel's own is never empty: containers often have /dev/null or a console there.
 */
export async function readKmsg(sink: LogSink, context: ReadContext, device: KmsgDevice = kernelDevice()): Promise<SourceOutcome> {
  openDevice(device);
  const meter = new ReadMeter(KMSG_SOURCE, context);
  let records = 0;
  let gaps = 0;
  try {
    for (;;) {
      const length = readRecord(device, sink.reserve());
      if (length === 'end') break;
      if (length === 'lost') {
        // What was overwritten before the first record would have been gone a moment later anyway.
        if (records > 0) gaps++;
        continue;
      }
      records++;
      sink.advance(length);
      await meter.add(length);
    }
  } finally {
    device.close();
  }
  if (records === 0) throw new ReadError('kmsg-empty', KMSG_PATH);
  return gaps === 0 ? { source: KMSG_SOURCE } : { source: KMSG_SOURCE, damage: message('read.kmsg-overrun', { gaps }) };
}

/**
 * Reads the next record. Each read(2) returns one (Documentation/ABI/testing/dev-kmsg, 3.5 and later): EAGAIN is the end, EPIPE
 * says that records were overwritten before they could be read, and EINVAL that one did not fit; the next read goes on after it.
 * Throws a ReadError for any other failure.
 */
export function readRecord(device: KmsgDevice, buffer: Uint8Array): number | 'end' | 'lost' {
  try {
    return device.read(buffer) || 'end';
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EAGAIN') return 'end';
    if (errno === 'EPIPE' || errno === 'EINVAL') return 'lost';
    throw kmsgError(error);
  }
}

function openDevice(device: KmsgDevice): void {
  try {
    device.open();
  } catch (error) {
    throw kmsgError(error);
  }
}

/** The kernel.dmesg_restrict sysctl lets only CAP_SYSLOG read; in a container there is often no device at all. */
function kmsgError(error: unknown): unknown {
  const errno = errnoOf(error);
  if (errno === 'ENOENT') return new ReadError('kmsg-missing', KMSG_PATH, {}, error);
  if (errno === 'EACCES' || errno === 'EPERM') return new ReadError('kmsg-permission', KMSG_PATH, {}, error);
  return errno === undefined ? error : new ReadError('io', KMSG_PATH, { detail: errno }, error);
}

/** The kernel's own device, read without waiting for more. */
export function kernelDevice(): KmsgDevice {
  let fd = -1;
  return {
    open: () => {
      fd = openSync(KMSG_PATH, constants.O_RDONLY | constants.O_NONBLOCK);
    },
    read: (buffer) => readSync(fd, buffer, 0, buffer.length, null),
    close: () => closeSync(fd),
  };
}
