import { type MemoryFlag, present } from '../../model/index.js';
import { parseQuantity } from './quantity.js';
import type { RawContainer } from './raw.js';

/** Variables whose value is a runtime's command line. */
const OPTION_VARIABLES =
  /^(?:JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|JAVA_OPTS|JAVA_OPTIONS|CATALINA_OPTS|ES_JAVA_OPTS|KAFKA_HEAP_OPTS|NODE_OPTIONS)$/;

/**
 * Options that size a heap: -Xmx and -XX as the java launcher takes them (powers of 1024), V8's --max-old-space-size in MiB. Only
 * the option itself is taken from a text that may hold anything.
 */
const OPTIONS: readonly {
  readonly runtime: MemoryFlag['runtime'];
  readonly pattern: RegExp;
  readonly unit: 'size' | 'percent' | 'mib';
}[] = [
  { runtime: 'java', pattern: /(?:^|\s)(-Xmx)(\d{1,15}[kKmMgGtT]?)(?=\s|$)/g, unit: 'size' },
  {
    runtime: 'java',
    pattern: /(?:^|\s)(-XX:(?:MaxHeapSize|MaxDirectMemorySize|MaxMetaspaceSize))=(\d{1,15}[kKmMgGtT]?)(?=\s|$)/g,
    unit: 'size',
  },
  { runtime: 'java', pattern: /(?:^|\s)(-XX:MaxRAMPercentage)=(\d{1,3}(?:\.\d{1,6})?)(?=\s|$)/g, unit: 'percent' },
  { runtime: 'node', pattern: /(?:^|\s)(--max[-_]old[-_]space[-_]size)[= ](\d{1,9})(?=\s|$)/g, unit: 'mib' },
];

/** The memory settings of a container's environment and command. A value from a Secret or ConfigMap is not in the spec. */
export function memoryFlags({ env = [], command = [], args = [] }: RawContainer): MemoryFlag[] {
  const flags = optionsIn([...command, ...args].join(' '));
  for (const { name = '', value } of env) {
    if (value === undefined) continue;
    if (OPTION_VARIABLES.test(name)) flags.push(...optionsIn(value, name));
    else flags.push(...ownVariable(name, value));
  }
  return flags;
}

function optionsIn(text: string, variable?: string): MemoryFlag[] {
  return OPTIONS.flatMap(({ runtime, pattern, unit }) =>
    [...text.matchAll(pattern)].map(([, name = '', value = '']) =>
      present({
        runtime,
        name,
        value,
        bytes: unit === 'size' ? javaSize(value) : unit === 'mib' ? Number(value) * 2 ** 20 : undefined,
        share: unit === 'percent' ? Number(value) / 100 : undefined,
        variable,
      }),
    ),
  );
}

/** Variables that are a setting themselves. GOMEMLIMIT takes B, KiB, MiB, GiB, TiB (runtime package documentation). */
function ownVariable(name: string, value: string): MemoryFlag[] {
  if (name === 'GOMEMLIMIT' && /^(?:\d{1,18}(?:B|[KMGT]iB)?|off)$/.test(value)) {
    return [present({ runtime: 'go' as const, name, value, bytes: parseQuantity(value.replace(/B$/, '')), variable: name })];
  }
  if (name === 'DOTNET_GCHeapHardLimit' && /^(?:0x)?[0-9a-f]{1,15}$/i.test(value)) {
    return [{ runtime: 'dotnet', name, value, bytes: Number.parseInt(value, 16), variable: name }];
  }
  if (name === 'DOTNET_GCHeapHardLimitPercent' && /^(?:0x)?[0-9a-f]{1,2}$/i.test(value)) {
    return [{ runtime: 'dotnet', name, value, share: Number.parseInt(value, 16) / 100, variable: name }];
  }
  return [];
}

function javaSize(value: string): number {
  const power = { k: 1, m: 2, g: 3, t: 4 }[value.slice(-1).toLowerCase()] ?? 0;
  return Number.parseInt(value, 10) * 1024 ** power;
}
