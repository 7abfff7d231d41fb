import { describe, expect, test } from 'vitest';
import { spreadOf } from '../../src/lab/compare/summary.js';
import { commandOf, parseVariant, qemuCacheModes } from '../../src/lab/compare/variants.js';

describe('the command of a variant', () => {
  test.each([
    [['make', '{}'], '-j 4', ['make', '-j', '4']],
    [['make', '{}', 'all'], '', ['make', 'all']],
    [['dd', 'bs={}'], '1M', ['dd', 'bs=1M']],
    [['sh', '-c', 'x {} y'], 'a  b', ['sh', '-c', 'x a  b y']],
    [['echo', '{}'], '$(reboot) ; "a b"', ['echo', '$(reboot)', ';', '"a', 'b"']],
  ])('%j with %j', (template, text, expected) => {
    expect(commandOf(template, text)).toEqual(expected);
  });

  test('is none without a place for the text', () => expect(commandOf(['make'], '-j4')).toBeUndefined());
});

test.each([
  ['a=-j4', { name: 'a', text: '-j4' }],
  ['a=', { name: 'a', text: '' }],
  ['a=b=c', { name: 'a', text: 'b=c' }],
  ['=x', undefined],
  ['a b=x', undefined],
  ['a', undefined],
])('a variant %j', (value, expected) => expect(parseVariant(value)).toEqual(expected));

test('the preset names the format, so that no image is read as what it claims to be', () => {
  const commands = qemuCacheModes({ source: 's', format: 'qcow2', target: 't', readsDirectly: true }).map(
    ({ command }) => command,
  );
  expect(commands).toHaveLength(5);
  expect(commands[0]).toEqual(['qemu-img', 'convert', '-t', 'writeback', '-T', 'none', '-f', 'qcow2', '-O', 'raw', 's', 't']);
});

test.each([
  [[3, 1, 2], { median: 2, min: 1, max: 3 }],
  [[1, 2, 3, 10], { median: 2.5, min: 1, max: 10 }],
  [[undefined, 4], { median: 4, min: 4, max: 4 }],
  [[undefined], undefined],
])('the spread of %j', (values, expected) => expect(spreadOf(values)).toEqual(expected));
