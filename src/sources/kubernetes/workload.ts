import type { RawPod } from './raw.js';

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job';

export interface WorkloadType {
  readonly kind: WorkloadKind;
  readonly group: 'apps' | 'batch';
  readonly resource: string;
}

const TYPES: readonly (WorkloadType & { readonly spelling: RegExp })[] = [
  { kind: 'Deployment', group: 'apps', resource: 'deployments', spelling: /^deploy(?:ments?)?(?:\.apps)?$/ },
  { kind: 'StatefulSet', group: 'apps', resource: 'statefulsets', spelling: /^(?:sts|statefulsets?)(?:\.apps)?$/ },
  { kind: 'DaemonSet', group: 'apps', resource: 'daemonsets', spelling: /^(?:ds|daemonsets?)(?:\.apps)?$/ },
  { kind: 'ReplicaSet', group: 'apps', resource: 'replicasets', spelling: /^(?:rs|replicasets?)(?:\.apps)?$/ },
  { kind: 'Job', group: 'batch', resource: 'jobs', spelling: /^jobs?(?:\.batch)?$/ },
];

/** The workload a word means to kubectl, in any case. */
export function workloadType(word: string): WorkloadType | undefined {
  return TYPES.find(({ spelling }) => spelling.test(word.toLowerCase()));
}

export interface RawWorkload {
  readonly metadata?: NonNullable<RawPod['metadata']>;
  readonly spec?: {
    readonly selector?: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly {
        readonly key?: string;
        readonly operator?: string;
        readonly values?: readonly string[];
      }[];
    };
  };
}

/** A workload's selector as a list request takes it; undefined when it has none, which selects nothing. */
export function selectorOf({ spec }: RawWorkload): string | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const terms = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.flatMap(({ key, operator, values = [] }) => {
      switch (operator) {
        case 'In':
          return [`${key} in (${values.join(',')})`];
        case 'NotIn':
          return [`${key} notin (${values.join(',')})`];
        case 'Exists':
          return [`${key}`];
        case 'DoesNotExist':
          return [`!${key}`];
        default:
          return [];
      }
    }),
  ];
  return terms.length === 0 ? undefined : terms.join(',');
}
