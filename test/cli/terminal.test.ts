import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { wantsColor, widthOf } from '../../src/cli/terminal.js';

const terminal = { isTTY: true, columns: 132 } as WriteStream;
const pipe = {} as WriteStream;

describe('wantsColor', () => {
  it.each([
    ['a terminal', true, {}, terminal, true],
    ['a pipe', true, {}, pipe, false],
    ['--no-color', false, { FORCE_COLOR: '1' }, terminal, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, terminal, false],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, terminal, true],
    ['FORCE_COLOR in a pipe', true, { FORCE_COLOR: '1' }, pipe, true],
    ['FORCE_COLOR against NO_COLOR', true, { FORCE_COLOR: '', NO_COLOR: '1' }, pipe, true],
    ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, terminal, false],
    ['a dumb terminal', true, { TERM: 'dumb' }, terminal, false],
  ])('%s', (_, allowed, env, stream, expected) => {
    expect(wantsColor(allowed, env, stream)).toBe(expected);
  });
});

describe('widthOf', () => {
  it('is the width of the terminal, and 80 for anything else', () => {
    expect(widthOf(terminal)).toBe(132);
    expect(widthOf(pipe)).toBe(80);
  });
});
