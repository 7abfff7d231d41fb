/**
 * The components of a cgroup path.
 *
 * A name such as `kubepods-burstable-pod<uid>.slice:cri-containerd:<id>` is one directory, made when the kubelet speaks systemd and
 * the runtime does not: runc's `slice:prefix:name` form taken literally. It is opened up here into the slice and `cri-containerd-<id>`,
 * so that nobody else need know of it.
 */
export function splitPath(path: string): readonly string[] {
  // The kernel adds " (deleted)" in /proc/PID/cgroup once a dying task's cgroup is gone (cgroup-v2.rst).
  const alive = path.trim().replace(/ \(deleted\)$/, '');
  return alive
    .split('/')
    .flatMap(openTriple)
    .filter((component) => component !== '');
}

function openTriple(component: string): readonly string[] {
  const colon = component.indexOf('.slice:') + '.slice'.length;
  if (colon < '.slice'.length) return [component];
  const prefixAndId = component
    .slice(colon + 1)
    .split(':')
    .filter((part) => part !== '');
  return [component.slice(0, colon), prefixAndId.join('-')];
}

/** A name without its unit suffix. */
export interface UnitName {
  readonly name: string;
  /** Whether the suffix, whole or begun, ends the name: nothing of the name itself can be missing. */
  readonly closed: boolean;
  /** Whether the suffix is there to its last letter. */
  readonly whole: boolean;
}

/** Takes `.slice` or `.scope` off a name, also when the text was cut inside the suffix (`.sco`). */
export function stripUnitSuffix(component: string, suffix: '.slice' | '.scope'): UnitName {
  const dot = component.lastIndexOf('.');
  if (dot < 0 || !suffix.startsWith(component.slice(dot))) return { name: component, closed: false, whole: false };
  return { name: component.slice(0, dot), closed: true, whole: component.length - dot === suffix.length };
}
