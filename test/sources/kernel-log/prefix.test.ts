import { describe, expect, it } from 'vitest';
import { stripPrefix } from '../../../src/sources/kernel-log/prefix.js';

const TEXT = 'memory: usage 98304kB, limit 98304kB, failcnt 45';

describe('stripPrefix', () => {
  const cases: readonly (readonly [name: string, prefix: string, expected: object])[] = [
    ['nothing', '', { prefixed: false }],
    ['printk', '[   12.345678] ', { uptimeSeconds: 12.345678 }],
    ['printk with a task as caller', '[  828.600750][ T5241] ', { uptimeSeconds: 828.60075, caller: 'T5241' }],
    ['printk with a CPU as caller', '[  828.600750][    C1] ', { uptimeSeconds: 828.60075, caller: 'C1' }],
    ['printk with its first bracket lost', '5193605.506728] ', { uptimeSeconds: 5193605.506728 }],
    ['a syslog level', '<6>', {}],
    ['a level before printk', '<6>[39290745.072507] ', { uptimeSeconds: 39290745.072507 }],
    ['dmesg -T', '[Thu May  9 14:52:38 2024] ', { wallClock: '2024-05-09T14:52:38' }],
    ['dmesg -T in Chinese', '[三 3月 13 11:16:48 2024] ', { stamp: '三 3月 13 11:16:48 2024' }],
    ['dmesg -T in German', '[Mi Mär 13 11:16:48 2024] ', { stamp: 'Mi Mär 13 11:16:48 2024' }],
    ['dmesg -T with its first bracket lost', 'Thu May 23 18:40:42 2024] ', { wallClock: '2024-05-23T18:40:42' }],
    ['dmesg -H', '[Nov23 20:26] ', { stamp: 'Nov23 20:26' }],
    ['dmesg -d', '[  +0.000012] ', {}],
    ['dmesg -x', 'kern  :info  : [   12.345678] ', { uptimeSeconds: 12.345678 }],
    ['dmesg with ISO times', '2024-03-13T11:16:48,123456+00:00 ', { wallClock: '2024-03-13T11:16:48.123456+00:00' }],
    ['syslog', 'Jun 24 18:49:43 aks-node kernel: ', { host: 'aks-node', ident: 'kernel', stamp: 'Jun 24 18:49:43' }],
    [
      'syslog with printk',
      'Jun 24 18:49:43 aks-node kernel: [ 8341.856856] ',
      { host: 'aks-node', ident: 'kernel', uptimeSeconds: 8341.856856 },
    ],
    ['syslog in Chinese', '11月 23 20:26:59 node1 kernel: ', { host: 'node1', ident: 'kernel' }],
    [
      'journalctl -o short-precise',
      'Aug 30 06:58:55.050705 node1 kernel: ',
      { host: 'node1', ident: 'kernel', stamp: 'Aug 30 06:58:55.050705' },
    ],
    [
      'journalctl -o short-iso',
      '2024-03-13T11:16:48+0000 node1 kernel: ',
      { host: 'node1', ident: 'kernel', wallClock: '2024-03-13T11:16:48+00:00' },
    ],
    [
      'journalctl -o short-full',
      'Wed 2024-03-13 11:16:48 UTC node1 kernel: ',
      { host: 'node1', ident: 'kernel', wallClock: '2024-03-13T11:16:48Z' },
    ],
    [
      'journalctl -o short-unix',
      '1720128512.123456 node1 kernel: ',
      { host: 'node1', ident: 'kernel', wallClock: '2024-07-04T21:28:32.123Z' },
    ],
    ['epoch and host', '1720128512 node1 [42201.484624] ', { host: 'node1', uptimeSeconds: 42201.484624 }],
    [
      'RFC 3339 syslog',
      '2026-09-02T09:08:50.880492+00:00 Server1 kernel: ',
      { host: 'Server1', ident: 'kernel', wallClock: '2026-09-02T09:08:50.880492+00:00' },
    ],
    [
      'RFC 5424',
      '<6>1 2024-03-13T11:16:48.123Z node1 kernel - - - ',
      { host: 'node1', ident: 'kernel', wallClock: '2024-03-13T11:16:48.123Z' },
    ],
    ['/dev/kmsg', '6,22743,6115623303887,-;', { uptimeSeconds: 6115623.303887 }],
    ['/dev/kmsg with a caller', '6,22743,6115623303887,-,caller=T77;', { uptimeSeconds: 6115623.303887, caller: 'T77' }],
    ['CRI', '2024-03-13T11:16:48.123456789Z stdout F ', { wallClock: '2024-03-13T11:16:48.123456789Z' }],
    ['CRI before printk', '2024-03-13T11:16:48.123456789Z stderr F [   12.345678] ', { uptimeSeconds: 12.345678 }],
    ['kubectl logs --timestamps', '2024-03-13T11:16:48.123456789Z ', { wallClock: '2024-03-13T11:16:48.123456789Z' }],
    ['kubectl logs --prefix', '[pod/web-0/app] ', {}],
    ['Talos', 'kern:    info: [2024-08-22T17:52:26.351725011Z]: ', { wallClock: '2024-08-22T17:52:26.351725011Z' }],
    ['talosctl', '10.200.70.91: kern:    info: [2025-06-04T04:51:57.572293906Z]: ', { host: '10.200.70.91' }],
    [
      'a VMware guest',
      '2023-12-04T10:49:30.125Z In(05) vcpu-5 - Guest: <6>[39290745.072507] ',
      { uptimeSeconds: 39290745.072507 },
    ],
    ['a mail quote', '> > [   12.345678] ', { uptimeSeconds: 12.345678 }],
    ['a numbered list', '12. [   12.345678] ', { uptimeSeconds: 12.345678 }],
    ['grep -n', '1234:[   12.345678] ', { uptimeSeconds: 12.345678 }],
    ['indentation', '        ', { prefixed: false }],
  ];
  it.each(cases)('takes off %s', (_name, prefix, expected) => {
    expect(stripPrefix(prefix + TEXT)).toMatchObject({ text: TEXT, ...expected });
  });

  it('does not mistake a quote mark for a stamp', () => {
    expect(stripPrefix(`> ${TEXT}`).prefixed).toBe(false);
  });

  it.each([
    '[   1121]     0  1121      734      366        0      366         0    45056        0             0 stress',
    '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
    '[<ffffffff81400443>] dump_stack+0x63/0x90',
    'Node 0 DMA free:13312kB boost:0kB min:64kB',
    'Out of memory: Killed process 473206 (doxygen) total-vm:30290680kB',
    'CPU: 3 PID: 473206 Comm: doxygen Not tainted 6.1.1-arch1-1 #1',
    'JIT Compilation invoked oom-killer: gfp_mask=0x24000c0, order=0, oom_score_adj=952',
    '4115400 pages RAM',
  ])("leaves the kernel's own text alone: %s", (text) => {
    expect(stripPrefix(text)).toEqual({ text, prefixed: false });
  });

  it("names the program of a line that is not the kernel's", () => {
    expect(stripPrefix('Jun 24 18:49:43 aks node-problem-detector[6018]: New status').ident).toBe('node-problem-detector');
  });
});
