/** Whether a cgroup lies somewhere below another; no cgroup lies below itself. */
export function isBelow(path: string, ancestor: string): boolean {
  return path !== ancestor && path.startsWith(ancestor.endsWith('/') ? ancestor : `${ancestor}/`);
}
