import { existsSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/** `kind/name` as kubectl takes it. */
export interface NamedTarget {
  readonly kind: string;
  readonly name: string;
}

const KINDS = /^(?:po|pods?|deploy(?:ments?)?|sts|statefulsets?|ds|daemonsets?|rs|replicasets?|jobs?)(?:\.apps|\.batch)?$/i;
const NAME = /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/;

/** The object of a cluster that the arguments name; undefined when they are paths. A file of that name goes first. Throws a UsageError. */
export function targetOf(paths: readonly string[]): NamedTarget | undefined {
  const named = paths.flatMap((path) => {
    const [kind = '', name = '', ...rest] = path.split('/');
    return rest.length === 0 && KINDS.test(kind) && NAME.test(name) && !existsSync(path) ? [{ kind, name }] : [];
  });
  const [target] = named;
  if (target === undefined) return undefined;
  if (paths.length > 1) throw new UsageError('give one pod or workload, and its node log with --node-log');
  return target;
}
