import { closeSync, constants, openSync, readSync } from 'node:fs';
import { type Message, message } from '../../../model/index.js';
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
 * Reads the records that the kernel's ring buffer holds now into the sink. Each read(2) returns one record
 * (Documentation/ABI/testing/dev-kmsg, 3.5 and later): EAGAIN is the end, EPIPE says that records were overwritten before
 * they could be read, and EINVAL that a record did not fit; reading goes on with the next one.
 */
export async function readKmsg(sink: LogSink, context: ReadContext, device: KmsgDevice = kernelDevice()): Promise<SourceOutcome> {
  openDevice(device);
  const meter = new ReadMeter(KMSG_SOURCE, context);
  let lost = 0;
  try {
    for (;;) {
      const length = readRecord(device, sink.reserve());
      if (length === 'end') break;
      if (length === 'lost') {
        lost++;
        continue;
      }
      sink.advance(length);
      await meter.add(length);
    }
  } finally {
    device.close();
  }
  return { source: KMSG_SOURCE, notes: lost === 0 ? [] : [overrun(lost)] };
}

function readRecord(device: KmsgDevice, buffer: Uint8Array): number | 'end' | 'lost' {
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

function overrun(gaps: number): Message {
  return message('read.kmsg-overrun', { gaps });
}

function kernelDevice(): KmsgDevice {
  let fd = -1;
  return {
    open: () => {
      fd = openSync(KMSG_PATH, constants.O_RDONLY | constants.O_NONBLOCK);
    },
    read: (buffer) => readSync(fd, buffer, 0, buffer.length, null),
    close: () => closeSync(fd),
  };
}
