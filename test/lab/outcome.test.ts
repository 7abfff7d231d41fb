import { describe, expect, test } from 'vitest';
import { type Ending, outcomeOf } from '../../src/lab/run/outcome.js';

const base: Ending = { pid: 10, code: null, signal: null, oomKills: 0, killed: [], killedByUs: false };

describe('how a command ended', () => {
  test.each<[string, Partial<Ending>, number, object]>([
    ['exit code', { code: 3 }, 1, { exitCode: 3, endedBy: 'exit', oomKilled: false }],
    ['not found', { code: 127, notStarted: 'ENOENT' }, 1, { exitCode: 127 }],
    ['not executable', { code: 126, notStarted: 'EACCES' }, 1, { exitCode: 126 }],
    ['SIGSEGV', { signal: 'SIGSEGV' }, 1, { exitCode: 139, signal: 'SIGSEGV', endedBy: 'signal' }],
    [
      'named by the log',
      { signal: 'SIGKILL', oomKills: 1, killed: [{ pid: 10, comm: 'x' }] },
      3,
      { endedBy: 'oom-killer', oomKilled: true },
    ],
    [
      'another was named',
      { signal: 'SIGKILL', oomKills: 1, killed: [{ pid: 11, comm: 'y' }] },
      3,
      { endedBy: 'signal', oomKilled: false },
    ],
    ['SIGKILL without any kill', { signal: 'SIGKILL' }, 1, { exitCode: 137, endedBy: 'signal', oomKilled: false }],
    ['no log, one process', { signal: 'SIGKILL', oomKills: 1, killed: undefined }, 1, { endedBy: 'oom-killer' }],
    [
      'no log, several processes',
      { signal: 'SIGKILL', oomKills: 1, killed: undefined },
      2,
      { endedBy: 'unknown', oomKilled: false },
    ],
    [
      'no log, killed by oomkit',
      { signal: 'SIGKILL', oomKills: 1, killed: undefined, killedByUs: true },
      1,
      { endedBy: 'signal' },
    ],
  ])('%s', (_, ending, processes, expected) => {
    expect(outcomeOf({ ...base, ...ending }, processes)).toMatchObject(expected);
  });
});
