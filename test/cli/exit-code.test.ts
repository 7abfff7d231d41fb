import { describe, expect, it } from 'vitest';
import { exitCodeFor } from '../../src/cli/exit-code.js';
import { message } from '../../src/model/index.js';
import { ReadError } from '../../src/sources/kernel-log/readers/read-error.js';
import type { ReadSummary } from '../../src/sources/kernel-log/readers/read-logs.js';

const error = new ReadError('permission', 'kern.log');
const damage = message('read.damaged');

function summary(parts: Partial<ReadSummary>): ReadSummary {
  return { sources: [], binaries: [], errors: [], damages: [], notes: [], ...parts };
}

describe('exitCodeFor', () => {
  it.each([
    ['all read, something found', 2, summary({ sources: ['a'] }), 0],
    ['all read, nothing found', 0, summary({ sources: ['a'] }), 1],
    ['a note is no loss', 1, summary({ sources: ['a'], notes: [damage] }), 0],
    ['nothing found beside a journal that was not read', 0, summary({ sources: ['a'], unread: [damage] }), 4],
    ['a report found beside a journal that was not read', 1, summary({ sources: ['a'], unread: [damage] }), 0],
    ['an empty directory', 0, summary({}), 1],
    ['nothing could be read', 0, summary({ errors: [error] }), 3],
    ['one of two could be read', 1, summary({ sources: ['a'], errors: [error] }), 4],
    ['one of two could be read and had nothing', 0, summary({ sources: ['a'], errors: [error] }), 4],
    ['a report before the read failed', 1, summary({ errors: [error] }), 4],
    ['damaged', 1, summary({ sources: ['a'], damages: [damage] }), 4],
  ])('%s', (_, found, read, code) => {
    expect(exitCodeFor(found, read)).toBe(code);
  });
});
