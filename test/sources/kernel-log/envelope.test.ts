import { describe, expect, it } from 'vitest';
import { openEnvelope } from '../../../src/sources/kernel-log/envelope.js';

describe('openEnvelope', () => {
  it('opens a journal record with its times and host', () => {
    const record = {
      MESSAGE: 'anon 1\nfile 2',
      _HOSTNAME: 'node1',
      SYSLOG_IDENTIFIER: 'kernel',
      __REALTIME_TIMESTAMP: '1720128512123456',
      _SOURCE_MONOTONIC_TIMESTAMP: '12345678',
    };
    const meta = { host: 'node1', ident: 'kernel', wallClock: '2024-07-04T21:28:32.123Z', uptimeSeconds: 12.345678 };
    expect(openEnvelope(JSON.stringify(record))).toEqual([
      { text: 'anon 1', ...meta },
      { text: 'file 2', ...meta },
    ]);
  });

  it('reads a journal message that is not UTF-8 and so an array of bytes', () => {
    expect(openEnvelope(JSON.stringify({ MESSAGE: [111, 111, 109, 255] }))[0]?.text).toBe('oom\ufffd');
  });

  it('yields nothing for a journal record whose message was too large to export', () => {
    expect(openEnvelope(JSON.stringify({ MESSAGE: null, _HOSTNAME: 'node1' }))).toEqual([]);
  });

  it('opens Docker json-file lines', () => {
    expect(openEnvelope('{"log":"[ 1.000000] Mem-Info:\\n","stream":"stdout","time":"2024-03-13T11:16:48.1Z"}')).toEqual([
      { text: '[ 1.000000] Mem-Info:', wallClock: '2024-03-13T11:16:48.1Z' },
      { text: '', wallClock: '2024-03-13T11:16:48.1Z' },
    ]);
  });

  it('opens a member of a pretty-printed Event', () => {
    expect(openEnvelope('    "message": "Memory cgroup out of memory: Killed process 1 (a) total-vm:1kB",')[0]?.text).toBe(
      'Memory cgroup out of memory: Killed process 1 (a) total-vm:1kB',
    );
  });

  it.each([
    ['escaped breaks', 'a\\nb', ['a', 'b']],
    ["rsyslog's #012", 'active_anon:1 inactive_anon:2#012 active_file:3', ['active_anon:1 inactive_anon:2', ' active_file:3']],
    ['a line without an envelope', '[ 1.0] {not json', ['[ 1.0] {not json']],
    ['broken JSON', '{"log": "x', ['{"log": "x']],
  ])('splits %s', (_name, line, texts) => {
    expect(openEnvelope(line).map((part) => part.text)).toEqual(texts);
  });
});
