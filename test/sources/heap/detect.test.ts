import { readdirSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { detectHeapFormat } from '../../../src/sources/heap/detect.js';
import { fixture } from './fixtures.js';

describe('detectHeapFormat', () => {
  const profiles = readdirSync(new URL('../../fixtures/heap/pprof/', import.meta.url)).filter((name) => name.endsWith('.pb.gz'));

  it.each(profiles)('knows %s, and its beginning, for pprof', (name) => {
    const bytes = fixture(`pprof/${name}`);
    expect(detectHeapFormat(bytes)).toBe('gzip');
    const plain = gunzipSync(bytes);
    expect(detectHeapFormat(plain)).toBe('pprof');
    expect(detectHeapFormat(plain.subarray(0, 100))).toBe('pprof');
  });

  it.each([
    ['go-runtime/leaky.debug1.txt', 'go-runtime'],
    ['go-runtime/prometheus.debug1.txt', 'go-runtime'],
    ['java/native-memory-summary-jdk17.txt', 'java-native-memory'],
    ['java/native-memory-summary-bytes-jdk17.txt', 'java-native-memory'],
    ['java/native-memory-diff-jdk17.txt', 'java-native-memory'],
    ['java/class-histogram-jdk17.txt', 'java-class-histogram'],
    ['java/jmap-histo-jdk17.txt', 'java-class-histogram'],
    ['pprof/leaky.top.txt', undefined],
    ['java/program/LeakyService.java', undefined],
    ['go-program/main.go', undefined],
  ] as const)('%s is %s', (path, format) => {
    expect(detectHeapFormat(fixture(path))).toBe(format);
  });

  it.each([
    ['{"snapshot":{"meta":', 'v8-snapshot'],
    ['\n { "snapshot" : {', 'v8-snapshot'],
    ['{"head":{"callFrame":{"functionName":"(root)"', 'v8-sampling-profile'],
    ['JAVA PROFILE 1.0.2\0', 'java-heap-dump'],
    ['Defaulted container "app" out of: app, sidecar\n7:\n\nNative Memory Tracking:\n', 'java-native-memory'],
    ['# runtime.MemStats\n# Alloc = 5\n', 'go-runtime'],
    ['{"name":"oomkit"}', undefined],
    ['', undefined],
    ['Out of memory: Killed process 1', undefined],
    ['404 page not found\n', undefined],
    ['<!DOCTYPE html>', undefined],
    ['\x7fELF\x02\x01\x01', undefined],
  ] as const)('%j is %s', (text, format) => {
    expect(detectHeapFormat(Buffer.from(text, 'latin1'))).toBe(format);
  });

  it('says that anything compressed is to be decompressed first', () => {
    expect(detectHeapFormat(gzipSync('{"snapshot":{'))).toBe('gzip');
  });
});
