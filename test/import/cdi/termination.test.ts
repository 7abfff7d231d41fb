import { describe, expect, it } from 'vitest';
import { failureText, terminationText } from '../../../src/import/cdi/termination.js';
import { ImportError } from '../../../src/import/error.js';

describe('terminationText', () => {
  it("is CDI's own, member for member", () => {
    expect(terminationText({ scratchSpaceRequired: false, preallocationApplied: true, message: 'Import Complete' })).toBe(
      '{"scratchSpaceRequired":false,"preallocationApplied":true,"message":"Import Complete"}',
    );
  });

  it('leaves labels out that would make it longer than the kubelet keeps', () => {
    const labels = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`label-${index}`, 'x'.repeat(63)]));
    const text = terminationText({ scratchSpaceRequired: false, labels, message: 'Import Complete' });
    expect(JSON.parse(text)).toEqual({ scratchSpaceRequired: false, message: 'Import Complete' });
  });
});

describe('failureText', () => {
  it('begins as CDI begins, by the stage', () => {
    const error = new ImportError('source-missing', { source: 'http://x/y', status: 404 });
    expect(failureText(error, 'not there', 'connect', 'http')).toBe('Unable to connect to http data source: not there');
    expect(failureText(error, 'not there', 'process', 'http')).toBe('Unable to process data: not there');
    expect(failureText(error, 'not there', 'blank', 'none')).toBe('Unable to create blank image: not there');
  });

  it.each([
    ['checksum-mismatch', 'checksum mismatch'],
    ['target-too-small', 'is larger than the reported available'],
    ['target-full', 'no space left on device'],
  ] as const)('holds the words by which the controller knows %s', (code, words) => {
    expect(failureText(new ImportError(code), '…', 'process', 'http')).toContain(words);
  });

  it('is one line of at most 4096 bytes, and cut between characters', () => {
    const text = failureText(new ImportError('damaged'), `first\nsecond ${'€'.repeat(3000)}`, 'process', 'http');
    expect(text).toMatch(/^Unable to process data: first second €+$/);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(text)).toBeGreaterThan(4080);
  });
});
