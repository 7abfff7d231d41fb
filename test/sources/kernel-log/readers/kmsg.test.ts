import { describe, expect, it } from 'vitest';
import { type KmsgDevice, readKmsg } from '../../../../src/sources/kernel-log/readers/kmsg.js';
import { CollectingSink } from './collecting-sink.js';

/** A device that answers its reads from a script: a record, or the name of an errno. */
function deviceOf(script: readonly string[], openError?: string): KmsgDevice & { closed: number } {
  const answers = [...script];
  return {
    closed: 0,
    open() {
      if (openError !== undefined) throw systemError(openError);
    },
    read(buffer) {
      const answer = answers.shift() ?? 'EAGAIN';
      if (/^E[A-Z]+$/.test(answer)) throw systemError(answer);
      return new TextEncoder().encodeInto(answer, buffer).written;
    },
    close() {
      this.closed++;
    },
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, errno: -1, syscall: 'read' });
}

describe('readKmsg', () => {
  it('reads one record after the other until there are no more', async () => {
    const sink = new CollectingSink();
    const device = deviceOf(['6,1,10,-;one\n', '6,2,20,-;two\n SUBSYSTEM=net\n']);
    const outcome = await readKmsg(sink, {}, device);
    expect(sink.records).toEqual(['6,1,10,-;one\n', '6,2,20,-;two\n SUBSYSTEM=net\n']);
    expect(outcome).toEqual({ source: 'kmsg', notes: [] });
    expect(device.closed).toBe(1);
  });

  it.each(['EPIPE', 'EINVAL'])('goes on after %s and says that records were lost', async (errno) => {
    const sink = new CollectingSink();
    const outcome = await readKmsg(sink, {}, deviceOf(['6,1,10,-;one\n', errno, '6,9,90,-;nine\n']));
    expect(sink.records).toEqual(['6,1,10,-;one\n', '6,9,90,-;nine\n']);
    expect(outcome.notes).toMatchObject([{ key: 'read.kmsg-overrun', params: { gaps: { value: 1 } } }]);
  });

  it.each([
    ['ENOENT', 'kmsg-missing'],
    ['EPERM', 'kmsg-permission'],
    ['EACCES', 'kmsg-permission'],
    ['EIO', 'io'],
  ])('fails with a clear error when opening gives %s', async (errno, code) => {
    await expect(readKmsg(new CollectingSink(), {}, deviceOf([], errno))).rejects.toMatchObject({ name: 'ReadError', code });
  });

  it('closes the device when a read fails', async () => {
    const device = deviceOf(['EPERM']);
    await expect(readKmsg(new CollectingSink(), {}, device)).rejects.toMatchObject({ code: 'kmsg-permission' });
    expect(device.closed).toBe(1);
  });
});
