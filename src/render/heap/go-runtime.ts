import { type GoRuntimeMemory, goResidentBytes } from '../../sources/heap/go-runtime.js';
import type { LabelKey } from '../../words/messages/index.js';

/** One figure of the runtime: its name in runtime.MemStats, its size and what it means. */
export interface RuntimeFigure {
  readonly name: string;
  readonly bytes: number;
  readonly meaning: LabelKey;
}

type Figure = keyof Omit<GoRuntimeMemory, 'sampled' | 'lastGcAt'>;

/** In reading order: from the live heap to all that was obtained. */
const FIGURES: readonly (readonly [name: string, figure: Figure, meaning: LabelKey])[] = [
  ['HeapAlloc', 'heapAllocBytes', 'heap.go.heapAllocBytes'],
  ['HeapInuse', 'heapInuseBytes', 'heap.go.heapInuseBytes'],
  ['HeapIdle', 'heapIdleBytes', 'heap.go.heapIdleBytes'],
  ['HeapReleased', 'heapReleasedBytes', 'heap.go.heapReleasedBytes'],
  ['StackInuse', 'stackInuseBytes', 'heap.go.stackInuseBytes'],
  ['NextGC', 'nextGcBytes', 'heap.go.nextGcBytes'],
  ['Sys', 'sysBytes', 'heap.go.sysBytes'],
];

/** The figures that tell where a Go program's memory is; those the runtime did not give are left out. */
export function runtimeFigures(memory: GoRuntimeMemory): RuntimeFigure[] {
  const resident = goResidentBytes(memory);
  const { maxRssBytes } = memory;
  return [
    ...FIGURES.flatMap(([name, figure, meaning]) => {
      const bytes = memory[figure];
      return bytes === undefined ? [] : [{ name, bytes, meaning }];
    }),
    ...(resident === undefined ? [] : [{ name: 'Sys - HeapReleased', bytes: resident, meaning: 'heap.go.resident' as const }]),
    ...(maxRssBytes === undefined ? [] : [{ name: 'MaxRSS', bytes: maxRssBytes, meaning: 'heap.go.maxRssBytes' as const }]),
  ];
}
