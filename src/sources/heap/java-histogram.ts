import { HeapProfileError } from './errors.js';

export interface JavaClassCount {
  /** As in Java source: `byte[]`, `java.lang.String`, `int[][]`. */
  readonly className: string;
  /** The module and version in brackets after the name, from JDK 9 on: `java.base@17.0.15`. */
  readonly module?: string;
  readonly instances: number;
  /** Shallow size of the instances; what they refer to is counted at its own class. */
  readonly bytes: number;
}

export interface JavaClassHistogram {
  /** In the order of the text: largest first. */
  readonly classes: readonly JavaClassCount[];
  readonly instances: number;
  readonly bytes: number;
  /** False when the `Total` line is missing, as after `| head`: the totals are then those of the classes listed. */
  readonly complete: boolean;
}

const ROW = /^ *\d{1,9}: +(\d{1,18}) +(\d{1,18}) +(\S.*)$/;
const TOTAL = /^Total +(\d{1,18}) +(\d{1,18}) *$/;
const MODULE = /^(\S+) \((\S+)\)$/;
const HEADER = /^ *num +#instances +#bytes +class name/;

/**
 * Reads what `jmap -histo PID` and `jcmd PID GC.class_histogram` print (src/hotspot/share/memory/heapInspection.cpp, JDK 17;
 * JDK 8 has the same columns without modules). Lines before the table are skipped.
 * Throws HeapProfileError `empty`, `not-a-heap-profile`, or `truncated` for a table without rows.
 */
export function parseClassHistogram(text: string): JavaClassHistogram {
  if (text.trim() === '') throw new HeapProfileError('empty', 'the class histogram is empty');
  const lines = text.split(/\r?\n/);
  const header = lines.findIndex((line) => HEADER.test(line));
  if (header < 0) throw new HeapProfileError('not-a-heap-profile', 'the text has no "num #instances #bytes class name" line');

  const classes: JavaClassCount[] = [];
  for (const line of lines.slice(header + 1)) {
    const total = TOTAL.exec(line);
    if (total) return { classes, instances: Number(total[1]), bytes: Number(total[2]), complete: true };
    const row = ROW.exec(line);
    if (!row) continue;
    const [, instances, bytes, label = ''] = row;
    const [, name = label, module] = MODULE.exec(label.trimEnd()) ?? [];
    classes.push({
      className: decodeClassName(name.trimEnd()),
      ...(module !== undefined && { module }),
      instances: Number(instances),
      bytes: Number(bytes),
    });
  }
  if (classes.length === 0) throw new HeapProfileError('truncated', 'the class histogram has no rows');
  return {
    classes,
    instances: classes.reduce((sum, { instances }) => sum + instances, 0),
    bytes: classes.reduce((sum, { bytes }) => sum + bytes, 0),
    complete: false,
  };
}

/** Array classes are named by descriptor (JVM specification, 4.3.2): brackets, then one letter or L<class>; */
const PRIMITIVES: Readonly<Record<string, string>> = {
  B: 'byte',
  C: 'char',
  D: 'double',
  F: 'float',
  I: 'int',
  J: 'long',
  S: 'short',
  Z: 'boolean',
};
const ARRAY = /^(\[{1,255})(?:([BCDFIJSZ])|L(.+);)$/;

/** `[[I` is `int[][]`, `[Ljava.lang.Object;` is `java.lang.Object[]`; any other name is itself. */
export function decodeClassName(name: string): string {
  const array = ARRAY.exec(name);
  if (!array) return name;
  const [, brackets = '', primitive = '', className] = array;
  return (className ?? PRIMITIVES[primitive] ?? name) + '[]'.repeat(brackets.length);
}
