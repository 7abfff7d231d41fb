import type { RuntimeOutOfMemory } from '../../model/index.js';

/** The words with which runtimes end when they themselves are out of memory, as the runtimes print them. */
const WORDS: readonly (readonly [word: RuntimeOutOfMemory, text: RegExp])[] = [
  ['java-metaspace', /java\.lang\.OutOfMemoryError: (?:Metaspace|Compressed class space)/],
  ['java-direct', /java\.lang\.OutOfMemoryError: (?:Direct buffer memory|Cannot reserve \d+ bytes of direct buffer)/],
  [
    'java-native',
    /java\.lang\.OutOfMemoryError: unable to create (?:new )?native thread|There is insufficient memory for the Java Runtime Environment/,
  ],
  ['java-heap', /java\.lang\.OutOfMemoryError: (?:Java heap space|GC overhead limit exceeded|Requested array size)/],
  ['go', /fatal error: (?:runtime: )?(?:cannot allocate memory|out of memory)|runtime: out of memory/],
  ['node-heap', /FATAL ERROR: .{0,80}JavaScript heap out of memory/],
  ['python', /^MemoryError\b/m],
  ['dotnet', /(?:Unhandled exception\..{0,40})?System\.OutOfMemoryException/],
  ['cpp', /terminate called after throwing an instance of 'std::bad_alloc'/],
];

/** What runtimes said of memory in a log's end. Nothing else of the log is kept: it may hold anything. */
export function runtimeWords(log: string): RuntimeOutOfMemory[] {
  return WORDS.filter(([, text]) => text.test(log)).map(([word]) => word);
}
