/** Heap findings to words and tables. Apart from the rest of the report, so that only `oomkit heap` loads it. */
export { type HeapReport, toHeapReport } from './json.js';
export { renderHeap } from './terminal.js';
