import { bytes, type Message, nested } from '../../model/index.js';
import type { HeapContents, HeapFindings } from '../../sources/heap/heap-findings.js';
import { formatWallClock } from '../../words/format/time.js';
import { say } from '../view/words.js';

/** What was read and what it is, in one line. */
export function heapTitle({ source, contents }: HeapFindings): Message {
  return say('heap.report.title', { source, what: nested(whatItIs(contents)) });
}

function whatItIs(contents: HeapContents): Message {
  switch (contents.format) {
    case 'pprof': {
      const type = contents.top.sampleType.type;
      const what = say(contents.isDifference ? 'heap.report.pprof-difference' : 'heap.report.pprof', { type });
      const { takenAt } = contents;
      return takenAt === undefined ? what : say('heap.report.taken', { what: nested(what), time: formatWallClock(takenAt) });
    }
    case 'go-runtime':
      return say('heap.report.go-runtime');
    case 'v8-snapshot': {
      const { nodeCount, selfBytes } = contents.snapshot;
      return say('heap.report.v8-snapshot', { size: bytes(selfBytes), count: nodeCount });
    }
    case 'java-native-memory':
      return say('heap.report.java-native-memory', { size: bytes(contents.memory.total.committedBytes) });
    case 'java-class-histogram':
      return say('heap.report.java-class-histogram', {
        size: bytes(contents.histogram.bytes),
        count: contents.histogram.instances,
      });
  }
}
